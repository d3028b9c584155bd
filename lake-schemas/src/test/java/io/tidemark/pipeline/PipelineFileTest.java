package io.tidemark.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.table.TableFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineFileTest {
  private static final String MINIMAL =
      """
      name: plant
      history-from: 2020-01-01
      events:
        - name: readings
          topic: readings
          schema: reading.avsc
      """;

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("reading.avsc"), "{}");
    Files.writeString(folder.resolve("by_site.sql"), "SELECT 1");
  }

  private Pipeline read(String yaml) throws IOException {
    Files.writeString(folder.resolve("pipeline.yaml"), yaml);
    return PipelineFile.read(folder);
  }

  /** Problems as {@code line key: message}. */
  private List<String> problems(String yaml) throws IOException {
    Files.writeString(folder.resolve("pipeline.yaml"), yaml);
    return catchThrowableOfType(
            InvalidConfigurationException.class, () -> PipelineFile.read(folder))
        .problems()
        .stream()
        .map(problem -> "%d %s: %s".formatted(problem.line(), problem.key(), problem.message()))
        .toList();
  }

  @Test
  void aMinimalPipelineHasTheDocumentedDefaults() throws IOException {
    assertThat(read(MINIMAL))
        .isEqualTo(
            new Pipeline(
                "plant",
                folder,
                LocalDate.of(2020, 1, 1),
                Duration.ofDays(1),
                TableFormat.DELTA,
                new Pipeline.Landing(Duration.ofSeconds(1), 100_000, true),
                new Pipeline.Refresh(
                    Duration.ofSeconds(1), 2, Pipeline.StateStore.ROCKSDB, 1_000_000),
                List.of(
                    new EventSource(
                        "readings",
                        "readings",
                        folder.resolve("reading.avsc"),
                        TableFormat.DELTA,
                        Optional.empty())),
                List.of(),
                List.of()));
  }

  @Test
  void aStreamMaintainsItsTablesIfItIsToldHowOften() throws IOException {
    assertThat(read(MINIMAL + "maintenance: {in-stream: 1 hour}\n").maintenance().inStream())
        .hasValue(Duration.ofHours(1));
    assertThat(problems(MINIMAL + "maintenance: {in-stream: 1 second}\n"))
        .containsExactly(
            "7 maintenance.in-stream: Cannot maintain tables every '1 second': each run looks at all of them. Give a minute or more, for example 1 hour.");
  }

  @Test
  void theRetailPipelineIsReadWithItsViews() {
    Pipeline retail = PipelineFile.read(Path.of("..", "conf", "retail"));

    assertThat(retail.views())
        .extracting(ViewDefinition::name)
        .containsExactly("sales_by_hour_country", "sales_by_product_day", "sales_sliding");
    assertThat(retail.views()).allSatisfy(view -> assertThat(view.sql()).contains("window_start"));
    assertThat(retail.events().get(0).replay().orElseThrow().eventId())
        .containsExactly("invoice_no", "line_no");
  }

  @Test
  void aPipelineIsNamedByItsFolderOrItsFile() throws IOException {
    Pipeline byFolder = read(MINIMAL);

    assertThat(PipelineFile.read(folder.resolve("pipeline.yaml"))).isEqualTo(byFolder);
  }

  @Test
  void everyProblemIsToldAtOnceWithItsLineAndKey() throws IOException {
    assertThat(
            problems(
                """
                name: Plant
                history-from: yesterday
                max-future: 1 fortnight
                landing: {max-records-per-batch: 0}
                refresh: {state-store: disk, large-date-rows: many}
                events:
                  - name: readings
                    topic: ''
                    schema: missing.avsc
                    format: parquet
                views:
                  - name: by_site
                    sql: by_site.sql
                    key: window_start
                    latness: 1 hour
                """))
        .containsExactlyInAnyOrder(
            "1 name: Cannot name a table 'Plant': use lower case letters, digits and underscores, a"
                + " letter first.",
            "2 history-from: Cannot read 'yesterday' as a date: write year-month-day, for example"
                + " 2010-12-01.",
            "3 max-future: Cannot read '1 fortnight' as a duration: write a whole number and"
                + " seconds, minutes, hours or days, for example '2 hours'.",
            "4 landing.max-records-per-batch: Cannot read '0' as a count: write a whole number from"
                + " 1 to 999999999.",
            "5 refresh.state-store: Cannot use 'disk': write one of memory, rocksdb.",
            "5 refresh.large-date-rows: Cannot read 'many' as a count: write a whole number from 1"
                + " to 999999999.",
            "8 events[0].topic: The value is blank.",
            "9 events[0].schema: Cannot read the file 'missing.avsc': looked for %s."
                .formatted(folder.resolve("missing.avsc")),
            "10 events[0].format: Cannot use 'parquet': write one of delta, iceberg.",
            "14 views[0].key: A list is expected here, for example [a, b].",
            "15 views[0].latness: Unknown key. Did you mean 'lateness'?");
  }

  @Test
  void anUnknownKeyThatIsNearNoneIsRefusedWithThoseThereAre() throws IOException {
    assertThat(problems(MINIMAL + "landing: {colour: red}\n"))
        .containsExactly(
            "7 landing.colour: Unknown key. The keys here are: trigger, max-records-per-batch, direct.");
  }

  @Test
  void aNameIsGivenToOneTableOnly() throws IOException {
    assertThat(
            problems(
                MINIMAL
                    + """
                    dimensions:
                      - {name: readings, file: by_site.sql, schema: reading.avsc, key: [site]}
                    """))
        .containsExactly(
            "7 dimensions: Two tables are named 'readings'. Events, dimensions and views share one"
                + " schema, so each needs its own name.");
  }

  @Test
  void aDimensionComesFromATopicOrAFile() throws IOException {
    String sites = MINIMAL + "dimensions:\n  - {name: sites, schema: reading.avsc, key: [site]";

    assertThat(problems(sites + "}\n")).hasSize(1);
    assertThat(problems(sites + ", topic: sites, file: by_site.sql}\n"))
        .containsExactly(
            "8 dimensions[0].name: Cannot tell where the dimension comes from: give a topic or a"
                + " file, one of the two.");
    assertThat(read(sites + ", topic: sites}\n").dimensions()).hasSize(1);
  }

  @Test
  void anIdIsADuplicateForADayOrTheLatenessOrAsTheViewSays() throws IOException {
    String view =
        MINIMAL + "views:\n  - {name: by_site, sql: by_site.sql, key: [window_start], lateness: ";

    assertThat(deduplicationWindow(view + "1 hour}\n")).isEqualTo(Duration.ofDays(1));
    assertThat(deduplicationWindow(view + "2 days}\n")).isEqualTo(Duration.ofDays(2));
    assertThat(deduplicationWindow(view + "1 hour, deduplication-window: 1 hour}\n"))
        .isEqualTo(Duration.ofHours(1));
    assertThat(problems(view + "2 hours, deduplication-window: 119 minutes}\n"))
        .containsExactly(
            "8 views[0].deduplication-window: This is less than the lateness, but the stream must detect duplicates for that long. Write at least the lateness, or leave it out.");
  }

  private Duration deduplicationWindow(String yaml) throws IOException {
    return read(yaml).views().get(0).deduplicationWindow();
  }

  @Test
  void aKeyIsGivenOnce() throws IOException {
    assertThat(problems(MINIMAL + "name: other\n"))
        .containsExactly("7 name: This key is set twice.");
  }

  @Test
  void theSchemaOfTheLakeItselfIsNoPipeline() throws IOException {
    assertThat(problems(MINIMAL.replace("plant", "ops")))
        .singleElement()
        .satisfies(problem -> assertThat(problem).startsWith("1 name: Cannot name a pipeline"));
  }

  @Test
  void eventsAreRequired() throws IOException {
    assertThat(problems("name: plant\nhistory-from: 2020-01-01\n"))
        .containsExactly("1 events: This key is required.");
    assertThat(problems("name: plant\nhistory-from: 2020-01-01\nevents: []\n"))
        .containsExactly("3 events: The list is empty. Describe at least one.");
  }

  @Test
  void problemsStandInTheOrderOfFilesAndLines() {
    Problems problems = new Problems();
    problems.add("b", 7, "", "second");
    problems.add("a", 1, "", "third");
    problems.add("b", 2, "", "first");

    assertThat(problems.list())
        .extracting(Problems.Problem::message)
        .containsExactly("first", "second", "third");
  }

  @Test
  void whatIsNoYamlIsToldInPlainWords() throws IOException {
    assertThat(problems("name: plant\nhistory-from: [2020\nevents: a\n"))
        .containsExactly(
            "3 : Cannot read the YAML: the '[' in line 2 is not closed: ']' is missing, or a comma before this line.");
    assertThat(problems("name: {a: b\nevents: a\n"))
        .containsExactly(
            "2 : Cannot read the YAML: the '{' in line 1 is not closed: '}' is missing, or a comma before this line.");
    assertThat(problems("name: plant: x\n"))
        .singleElement()
        .asString()
        .startsWith("1 : Cannot read the YAML: a key cannot stand here");
    assertThat(problems("name:\n\ta: b\n"))
        .singleElement()
        .asString()
        .contains("a tab cannot indent a line");
    assertThat(problems("name: 'plant\n")).singleElement().asString().contains("is not closed");
    assertThat(problems("name: plant\nevents\nviews: []\n"))
        .containsExactly("3 : Cannot read the YAML: the line before has no ': ' behind its key.");
    assertThat(problems("events:\n  - a\n - b\n"))
        .containsExactly("3 : Cannot read the YAML: the line is not indented as those beside it.");
  }

  @Test
  void whatIsNoYamlIsRefusedWithItsLine() throws IOException {
    assertThat(problems("name: plant\nevents: [\n"))
        .singleElement()
        .satisfies(problem -> assertThat(problem).startsWith("3 : Cannot read the YAML"));
    assertThat(problems("")).hasSize(1);
    assertThat(problems("- a list\n")).hasSize(1);
  }

  @Test
  void aMissingFileIsAProblemToo() {
    Problems problems = new Problems();

    assertThat(PipelineFile.inspect(folder.resolve("nowhere"), problems)).isEmpty();
    assertThat(problems.list())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).startsWith("Cannot read the file"));
  }

  @Test
  void anInspectedPipelineHasTheViewsThatAreSound() throws IOException {
    Files.writeString(
        folder.resolve("pipeline.yaml"),
        MINIMAL
            + """
            views:
              - {name: by_site, sql: by_site.sql, key: [window_start], lateness: 1 hour}
              - {name: by_shift, sql: by_site.sql, key: [window_start]}
            """);
    Problems problems = new Problems();

    Pipeline inspected = PipelineFile.inspect(folder, problems).orElseThrow();

    assertThat(inspected.views()).extracting(ViewDefinition::name).containsExactly("by_site");
    assertThat(problems.list()).hasSize(1);
  }

  @Test
  void aTopicLandsInOneTable() throws IOException {
    assertThat(
            problems(
                MINIMAL
                    + """
                      - {name: others, topic: readings, schema: reading.avsc}
                    dimensions:
                      - {name: sites, topic: readings, schema: reading.avsc, key: [site]}
                    """))
        .containsExactly(
            "7 events[1].topic: Cannot land the topic 'readings' in two tables: readings has it"
                + " already. Give each table a topic of its own.",
            "9 dimensions[0].topic: Cannot land the topic 'readings' in two tables: readings has it"
                + " already. Give each table a topic of its own.");
  }
}
