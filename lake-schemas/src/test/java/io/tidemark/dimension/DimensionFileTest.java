package io.tidemark.dimension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.file.RecordFile;
import io.tidemark.file.RecordMapping;
import io.tidemark.pipeline.ReplayMapping;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DimensionFileTest {
  private static final Schema STATION =
      SchemaBuilder.record("Station")
          .fields()
          .requiredString("station")
          .optionalString("town")
          .requiredInt("docks")
          .endRecord();
  private static final Instant FIRST = Instant.parse("2011-01-01T00:00:00Z");

  @TempDir private Path folder;
  private TestLake lake;
  private Path csv;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    csv = folder.resolve("the stations 🚲.csv");
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @ParameterizedTest
  @EnumSource
  void aFileIsLoadedWhenItSaysSomethingElseWhateverItsDate(TableFormat format) throws Exception {
    LakeTable table = table(format);
    write(FIRST, "Zoo,Berlin,10", "Café \"\"Mitte\"\",,7", "Zoo,Berlin,12");
    file(table).load(lake.spark());
    assertThat(rows(table)).containsExactly("Café \"Mitte\"|null|7", "Zoo|Berlin|12");
    long loaded = table.version();

    write(FIRST.plusSeconds(1), "Zoo,Berlin,12", "Café \"\"Mitte\"\",,7");
    file(table).load(lake.spark());
    assertThat(table.version()).as("touched, and in another order").isEqualTo(loaded);

    write(FIRST.minusSeconds(1), "Zoo,Berlin,13");
    file(table).load(lake.spark());
    assertThat(rows(table)).containsExactly("Café \"Mitte\"|null|7", "Zoo|Berlin|13");
    assertThat(table.read(lake.spark()).where("_timestamp = timestamp'2011-01-01 00:00:00Z'"))
        .as("rows that were said already")
        .satisfies(rows -> assertThat(rows.count()).isEqualTo(1));
  }

  @Test
  void aLineThatCannotBecomeARowIsNamedAndNothingIsLoaded() throws Exception {
    LakeTable table = table(TableFormat.DELTA);
    write(FIRST, "Zoo,Berlin,10", "Mitte,Berlin,many");
    long empty = table.version();
    assertThatThrownBy(() -> file(table).load(lake.spark()))
        .hasMessageStartingWith("Cannot use %s:3: field 'docks': 'many'".formatted(csv))
        .hasMessageEndingWith("Nothing was loaded.");
    assertThat(table.version()).isEqualTo(empty);
  }

  private LakeTable table(TableFormat format) {
    return lake.lake()
        .create(
            new TableDefinition(
                "bikes.stations",
                format,
                DimensionTable.columns(EventColumns.fields(STATION)),
                Optional.empty(),
                List.of("station")));
  }

  private DimensionFile file(LakeTable table) {
    ReplayMapping mapping =
        new ReplayMapping(
            Map.of("town", "nullif(place, '')"), List.of(), List.of(), Optional.empty());
    return new DimensionFile(
        "bikes.load.stations",
        table,
        new RecordFile(csv),
        new RecordMapping(STATION, mapping),
        List.of("station"));
  }

  private void write(Instant changed, String... lines) throws IOException {
    String text = String.join("\n", lines).replaceAll("(?m)^(Café [^,]*),", "\"$1\",");
    Files.writeString(csv, "station,place,docks\n" + text + "\n");
    Files.setLastModifiedTime(csv, FileTime.from(changed));
  }

  private List<String> rows(LakeTable table) {
    return table
        .read(lake.spark())
        .selectExpr("concat_ws('|', station, coalesce(town, 'null'), docks)")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }
}
