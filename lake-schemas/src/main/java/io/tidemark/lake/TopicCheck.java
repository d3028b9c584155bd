package io.tidemark.lake;

import io.tidemark.landing.LandingQuery;
import io.tidemark.ops.OperationTables;
import io.tidemark.output.NamedCommand;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.Problems;
import io.tidemark.table.session.Lake;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** Whether a pipeline names other topics than those that its tables were landed from. */
public record TopicCheck(SparkSession spark, Pipeline pipeline, Environment environment) {

  /** A table whose topic was another one before. */
  private record Change(String table, String topic, String former) {}

  /** Adds what {@code stream} would refuse. */
  public void check(Problems problems) {
    String file = pipeline.folder().resolve("pipeline.yaml").toString();
    for (Change change : ofDimensions()) {
      problems.add(
          file,
          0,
          change.table(),
          "Cannot land topic '%s': topic '%s' has landed, and the offsets of a dimension's rows must all be from one topic. Give the dimension another name."
              .formatted(change.topic(), change.former()));
    }
    for (Change change : ofEvents()) {
      if (isEarlier(change)) {
        problems.add(
            file,
            0,
            change.table(),
            "Cannot go back to topic '%s': it has landed before topic '%s' did, and its offsets are in the ledger. Name a topic of which nothing has landed."
                .formatted(change.topic(), change.former()));
      }
    }
  }

  /** What the next start asks for, in words, if nothing of it is refused. */
  public List<String> notices() {
    return ofEvents().stream()
        .map(
            change ->
                "%s: topic '%s' has landed, and the pipeline names topic '%s' now. To go on with its first record, which counts what is left of '%s' as lost, start once with %s"
                    .formatted(
                        change.table(),
                        change.former(),
                        change.topic(),
                        change.former(),
                        NamedCommand.of("stream --accept-loss")))
        .toList();
  }

  private List<Change> ofEvents() {
    List<Change> changes = new ArrayList<>();
    for (EventSource source : pipeline.events()) {
      add(source.name(), source.topic(), changes);
    }
    return changes;
  }

  private List<Change> ofDimensions() {
    List<Change> changes = new ArrayList<>();
    for (DimensionSource source : pipeline.dimensions()) {
      source.topic().ifPresent(topic -> add(source.name(), topic, changes));
    }
    return changes;
  }

  private void add(String table, String topic, List<Change> changes) {
    LandedTopic.name(
            environment, spark.sparkContext().hadoopConfiguration(), pipeline.name(), table)
        .filter(former -> !former.equals(topic))
        .ifPresent(former -> changes.add(new Change(table, topic, former)));
  }

  /** Reads the ledger, which takes seconds. */
  private boolean isEarlier(Change change) {
    String query = new LandingQuery(pipeline.name(), change.table()).stream();
    return OperationTables.ledger(Lake.of(spark), pipeline.operations())
        .filter(ledger -> ledger.topics(spark, query).contains(change.topic()))
        .isPresent();
  }
}
