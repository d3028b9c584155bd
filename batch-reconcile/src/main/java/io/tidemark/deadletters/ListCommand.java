package io.tidemark.deadletters;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.lake.VerbSession;
import io.tidemark.output.ExitCode;
import io.tidemark.output.NamedCommand;
import io.tidemark.output.TextTable;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Counts dead letters. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Counts dead letters by reason, topic, schema and the day that they landed on.")
final class ListCommand implements Callable<Integer> {
  private static final int SHORT = 60;

  @Spec private CommandSpec spec;

  @Mixin private DeadLetterFilter filter;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private PipelineOption pipelineOption;

  @Mixin private LakeOptions lake;

  @Override
  public Integer call() throws IOException {
    Pipeline pipeline = PipelineFile.read(pipelineOption.folder());
    Environment environment = lake.environment();
    try (SparkSession spark = VerbSession.look("dead-letters " + pipeline.name(), environment)) {
      DeadLetterRows rows = DeadLetterRows.of(spark, pipeline);
      filter.check(pipeline, rows::topics);
      List<DeadLetterCount> counts = rows.counts(filter.condition());
      spec.commandLine().getOut().println(json ? json(counts) : text(counts, pipeline));
      return ExitCode.FINE;
    }
  }

  private String text(List<DeadLetterCount> counts, Pipeline pipeline) {
    if (counts.isEmpty()) {
      return filter.isGiven()
          ? "Pipeline %s has no such dead letters.".formatted(pipeline.name())
          : "Pipeline %s has no dead letters.".formatted(pipeline.name());
    }
    TextTable table =
        new TextTable(
            "reason", "topic", "schema", "day", "records", "partition, offset", "message");
    for (DeadLetterCount count : counts) {
      table.row(
          count.reason(),
          count.topic(),
          count.schemaId(),
          count.day(),
          String.format(Locale.ROOT, "%,d", count.records()),
          "%d %d".formatted(count.partition(), count.offset()),
          shortened(count.message()));
    }
    DeadLetterCount most = counts.get(0);
    return "%s%n%,d dead letters. One in full, by its topic, partition and offset: %s"
        .formatted(
            table,
            total(counts),
            NamedCommand.of(
                "dead-letters show %s %d %d"
                    .formatted(most.topic(), most.partition(), most.offset())));
  }

  private static String shortened(String message) {
    if (message == null) {
      return null;
    }
    String line = RecordBytes.printable(message);
    return line.length() <= SHORT ? line : line.substring(0, SHORT) + "…";
  }

  private static long total(List<DeadLetterCount> counts) {
    return counts.stream().mapToLong(DeadLetterCount::records).sum();
  }

  private static String json(List<DeadLetterCount> counts) {
    ObjectNode report = new ObjectMapper().createObjectNode();
    report.put("records", total(counts));
    ArrayNode list = report.putArray("counts");
    for (DeadLetterCount count : counts) {
      ObjectNode of = list.addObject();
      of.put("reason", count.reason());
      of.put("topic", count.topic());
      of.put("schema_id", count.schemaId());
      of.put("day", count.day().toString());
      of.put("records", count.records());
      of.putObject("first")
          .put("partition", count.partition())
          .put("offset", count.offset())
          .put("message", count.message());
    }
    return report.toString();
  }
}
