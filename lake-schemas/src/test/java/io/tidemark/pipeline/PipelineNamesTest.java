package io.tidemark.pipeline;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The DAGs read pipeline files in Python: tests of both hold them to one list of names. */
class PipelineNamesTest {
  private static final Path NAMES = Path.of("../airflow-dags/tests/pipeline-names.txt");

  private record Name(String verdict, String text) {}

  private static List<Name> names() throws IOException {
    return Files.readAllLines(NAMES).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(" ", 2))
        .map(words -> new Name(words[0], words[1]))
        .toList();
  }

  @Test
  void aNameIsTakenWrongOrFineAsTheListThatTheDagsAreHeldToSays() throws IOException {
    assertThat(names())
        .allSatisfy(
            name -> assertThat(verdict(name.text())).as(name.text()).isEqualTo(name.verdict()));
  }

  @Test
  void everyNameThatIsTakenStandsInTheListThatTheDagsAreHeldTo() throws IOException {
    Set<String> taken = new TreeSet<>(Value.TAKEN);
    taken.add("ops");

    assertThat(
            names().stream()
                .filter(name -> name.verdict().equals("taken"))
                .map(Name::text)
                .collect(toSet()))
        .isEqualTo(taken);
  }

  private static String verdict(String name) {
    Throwable refused = catchThrowable(() -> Value.schemaName(name));
    if (refused == null) {
      return "fine";
    }
    return refused.getMessage().startsWith("Cannot name a pipeline") ? "taken" : "wrong";
  }
}
