package io.tidemark.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What Spark tells programs of its applications: a driver of its own, the history server of those
 * that have ended.
 *
 * @param page of one of the two
 */
record SparkRest(URI page) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A stage's try. */
  record Stage(String application, int id, int attempt) {
    static Stage of(String application, JsonNode stage) {
      return new Stage(application, stage.path("stageId").asInt(), stage.path("attemptId").asInt());
    }
  }

  /** A task that was seen to run. */
  record Running(Stage stage, long id, String executor) {}

  List<String> applications() throws IOException {
    return each("applications").map(each -> each.path("id").asText()).toList();
  }

  /** Those of the stages that run now. */
  List<Running> tasks(String application, Predicate<JsonNode> ofStage) throws IOException {
    return each("applications/%s/stages?status=active&details=true".formatted(application))
        .filter(ofStage)
        .flatMap(stage -> running(Stage.of(application, stage), stage))
        .toList();
  }

  private static Stream<Running> running(Stage of, JsonNode stage) {
    return stream(stage.path("tasks"))
        .filter(task -> task.path("status").asText().equals("RUNNING"))
        .map(
            task ->
                new Running(of, task.path("taskId").asLong(), task.path("executorId").asText()));
  }

  /** Executors that live. */
  List<String> executors(String application) throws IOException {
    return each("applications/%s/executors".formatted(application))
        .map(executor -> executor.path("id").asText())
        .filter(id -> !id.equals("driver"))
        .toList();
  }

  /** What became of a task. */
  JsonNode task(Running task) throws IOException {
    Stage stage = task.stage();
    return each("applications/%s/stages/%d/%d/taskList?length=100000"
            .formatted(stage.application(), stage.id(), stage.attempt()))
        .filter(each -> each.path("taskId").asLong() == task.id())
        .findFirst()
        .orElseThrow();
  }

  Stream<JsonNode> each(String path) throws IOException {
    try (InputStream said = page.resolve("/api/v1/" + path).toURL().openStream()) {
      return stream(JSON.readTree(said));
    }
  }

  private static Stream<JsonNode> stream(JsonNode elements) {
    return StreamSupport.stream(elements.spliterator(), false);
  }
}
