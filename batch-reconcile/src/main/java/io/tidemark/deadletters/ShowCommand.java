package io.tidemark.deadletters;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.lake.LandedTopic;
import io.tidemark.lake.VerbSession;
import io.tidemark.landing.SchemaMemory;
import io.tidemark.output.ExitCode;
import io.tidemark.output.NamedCommand;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.schema.RecordText;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.CheckpointFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.avro.Schema;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows one dead letter. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Shows one dead letter in full: why it is one, its headers, its bytes, and what they say as far as they can be read.",
    footer = {"", "For example: ./tidemark dead-letters show purchases 0 1729"})
final class ShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "TOPIC", description = "Its topic.")
  private String topic;

  @Parameters(index = "1", paramLabel = "PARTITION", description = "Its partition.")
  private int partition;

  @Parameters(index = "2", paramLabel = "OFFSET", description = "Its offset.")
  private long offset;

  @Option(names = "--json", description = "Print one JSON object per line.")
  private boolean json;

  @Mixin private PipelineOption pipelineOption;

  @Mixin private LakeOptions lake;

  /** Of the same id landing has read others by it, or else the registry has it. */
  private static Optional<Schema> schema(
      int id, DeadLetter letter, SparkSession spark, Environment environment, Pipeline pipeline) {
    CheckpointFiles checkpoint =
        LandedTopic.checkpoint(
            environment,
            spark.sparkContext().hadoopConfiguration(),
            pipeline.name(),
            letter.table());
    return SchemaMemory.in(checkpoint)
        .schema(id)
        .or(() -> SchemaRegistry.at(environment.registry()).byId(id));
  }

  @Override
  public Integer call() throws IOException {
    Pipeline pipeline = PipelineFile.read(pipelineOption.folder());
    Environment environment = lake.environment();
    try (SparkSession spark = VerbSession.look("dead-letters " + pipeline.name(), environment)) {
      List<DeadLetter> found = DeadLetterRows.of(spark, pipeline).at(topic, partition, offset);
      if (found.isEmpty()) {
        throw new WrongUsageException(
            "Cannot show the record of topic '%s', partition %d, offset %d: pipeline %s has no dead letter there. '%s' says where there are some."
                .formatted(
                    topic,
                    partition,
                    offset,
                    pipeline.name(),
                    NamedCommand.of("dead-letters list")));
      }
      PrintWriter out = spec.commandLine().getOut();
      for (DeadLetter letter : found) {
        RecordText text =
            RecordText.of(letter.value(), id -> schema(id, letter, spark, environment, pipeline));

        DeadLetterPage page = new DeadLetterPage(letter, text);
        out.println(json ? page.json() : page.text());
      }
      return ExitCode.FINE;
    }
  }
}
