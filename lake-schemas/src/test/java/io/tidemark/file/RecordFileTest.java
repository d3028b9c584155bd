package io.tidemark.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.pipeline.FileFormat;
import io.tidemark.table.TestLake;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.lang3.ArrayUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFileTest {
  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"zones.csv", "zones.json"})
  void aFileThatIsCarriedNeedNotBeWhereTasksRun(String name) throws IOException {
    Path file = write(name, name.endsWith("csv") ? "zone\nA\n" : "{\"zone\": \"A\"}\n", UTF_8);
    Dataset<Row> records = new RecordFile(file).carried(lake.spark());

    Files.delete(file);

    assertThat(records.select("zone").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("A");
  }

  @Test
  void aFileIsOpenedByItsExactName() throws IOException {
    Files.writeString(folder.resolve("a1.csv"), "a\nthe wrong file\n");
    for (String name :
        List.of(
            "a[1].csv",
            "a?.csv",
            "a*.csv",
            "{a}.csv",
            "a b.csv",
            "a:1.csv",
            "a%20.csv",
            "_a.csv",
            ".a.csv",
            "a'b\".csv",
            "a\\b.csv",
            "a🚲.csv",
            "a#b.csv",
            "a$HOME.csv",
            "a\nb.csv",
            "a,b",
            "[a].jsonl")) {
      boolean isJson = name.endsWith(".jsonl");
      Path file = Files.writeString(folder.resolve(name), isJson ? "{\"a\": 1}\n" : "a\n1\n");
      assertThat(records(new RecordFile(file)))
          .as(name)
          .extracting(row -> row.getString(0))
          .containsExactly("1");
    }
  }

  @Test
  void whatIsNoFileOfRecordsIsRefusedByName() throws IOException {
    assertThatThrownBy(() -> new RecordFile(folder))
        .hasMessage(
            "Cannot read the records of %s: it is a folder. Name a file in it".formatted(folder));
    assertThatThrownBy(() -> new RecordFile(folder.resolve("none.csv")))
        .hasMessageContaining("the file does not exist");
    assertThatThrownBy(() -> records(write("empty.csv", "", UTF_8)))
        .hasMessageEndingWith(
            "empty.csv:1: it is empty, and its first line must name the columns.");
    assertThatThrownBy(() -> records(write("a.csv", "\u001f\u008b\b", ISO_8859_1)))
        .hasMessageContaining("it is gzipped, and its name does not say so");
  }

  @Test
  void aZippedFileMayHaveSeveralMembersAndIsCutOffNowhere() throws IOException {
    byte[] first = zipped("a\n%s\n".formatted("1".repeat(100_000)));
    byte[] both = ArrayUtils.addAll(first, zipped("2\n3\n"));
    Path file = folder.resolve("a.csv.gz");

    Files.write(file, both);
    assertThat(records(new RecordFile(file))).hasSize(3);
    for (int length = first.length + 1; length < both.length; length++) {
      Files.write(file, Arrays.copyOf(both, length));
      assertThat(records(new RecordFile(file)))
          .as("%d of %d bytes", length - first.length, both.length - first.length)
          .last()
          .extracting(row -> row.<String>getAs(RecordFile.MALFORMED))
          .asString()
          .doesNotContain("null")
          .endsWith("The file may be cut off or damaged");
    }
  }

  private static byte[] zipped(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(bytes)) {
      zip.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void aHeaderNamesEachColumnOnce() throws IOException {
    assertThatThrownBy(() -> records(write("a.csv", "\n\na,b,a\n1,2,3\n", UTF_8)))
        .hasMessageEndingWith(
            "a.csv:3: two columns are named 'a', in upper or lower case. Rename one.");
    assertThatThrownBy(() -> records(write("b.csv", "Day,day\n1,2\n", UTF_8)))
        .hasMessageContaining("two columns are named 'day'");
    assertThatThrownBy(() -> records(write("c.csv", "a,,b\n1,2,3\n", UTF_8)))
        .hasMessageEndingWith("c.csv:1: column 2 has no name. Give it one.");
    assertThatThrownBy(() -> records(write("d.csv", "a,_line\n1,2\n", UTF_8)))
        .hasMessageContaining("the name '_line' is Tidemark's own");
    assertThat(records(write("e.csv", "a,b\r\n", UTF_8))).isEmpty();
  }

  @Test
  void anEncodingIsUtf8OrToldOrMarked() throws IOException {
    String text = "shop\r\nCafé\r\nCaf€\r\n";
    assertThat(shops(write("a.csv", text, UTF_8), Optional.empty()))
        .containsExactly("Café", "Caf€");
    assertThat(shops(write("b.csv", "\ufeff" + text, UTF_8), Optional.empty()))
        .containsExactly("Café", "Caf€");
    assertThat(shops(write("c.csv", "\ufeff" + text, UTF_16LE), Optional.empty()))
        .containsExactly("Café", "Caf€");
    Charset windows = Charset.forName("windows-1252");
    assertThat(shops(write("d.csv", text, windows), Optional.of(windows)))
        .containsExactly("Café", "Caf€");
    assertThat(records(write("e.csv", text, windows)))
        .extracting(row -> row.getAs(RecordFile.MALFORMED) + "@" + row.getAs(RecordFile.LINE))
        .singleElement()
        .asString()
        .startsWith("the line is not UTF-8 (it has the bytes E9")
        .endsWith("@2");
    assertThatThrownBy(() -> shops(write("f.csv", "\ufeff" + text, UTF_8), Optional.of(windows)))
        .hasMessageContaining("it begins with the byte order mark of UTF-8");
  }

  @Test
  void jsonLinesKeepEveryDigitAndTheirStructure() throws IOException {
    Path file =
        write(
            "a.ndjson",
            """
            {"n": 123456789012345678901234567890.12345678901234567890, "in": {"deep": 1.10}, "yes": true}

            {"n": "1e5", "in": {"deep": -0}, "text": "a\\u0000b"}
            """,
            UTF_8);
    assertThat(
            new RecordFile(file)
                .records(lake.spark(), OptionalLong.empty())
                .selectExpr("n", "in.deep", "yes", "length(text)", RecordFile.LINE)
                .collectAsList())
        .extracting(Row::mkString)
        .containsExactly(
            "123456789012345678901234567890.123456789012345678901.10truenull1", "1e5-0null33");
  }

  @Test
  void whatIsNotOneJsonObjectALineIsNamed() throws IOException {
    for (String line :
        List.of(
            "[1]",
            "1",
            "{\"a\": 1} x",
            "{\"a\": 1}{\"a\": 2}",
            "{\"a\": 1, \"a\": 2}",
            "{'a': 1}",
            "{\"a\": 1",
            "{\"a\": \"\\ud83d\"}",
            "{\"a\": 01}",
            "{\"a\": NaN}",
            "{\"A\": 1}",
            "a,b")) {
      assertThat(records(write("a.json", "{\"a\": 0}\r\n" + line + "\r\n", UTF_8)))
          .as(line)
          .hasSize(2)
          .last()
          .satisfies(
              row -> {
                assertThat(row.<String>getAs(RecordFile.MALFORMED)).startsWith("the line ");
                assertThat(row.<Long>getAs(RecordFile.LINE)).isEqualTo(2);
              });
    }
  }

  @Test
  void theSameBytesHaveTheSameFingerprintWhateverTheirName() throws IOException {
    Path one = write("one.csv", "a\n1\n", UTF_8);
    assertThat(new RecordFile(one).fingerprint())
        .isEqualTo(new RecordFile(write("two.csv", "a\n1\n", UTF_8)).fingerprint())
        .isNotEqualTo(new RecordFile(write("three.csv", "a\n2\n", UTF_8)).fingerprint())
        .hasSize(64);
  }

  private Path write(String name, String text, Charset charset) throws IOException {
    return Files.write(folder.resolve(name), text.getBytes(charset));
  }

  private List<Row> records(Path file) {
    return records(new RecordFile(file));
  }

  private List<Row> records(RecordFile file) {
    return file.records(lake.spark(), OptionalLong.empty()).collectAsList();
  }

  private List<String> shops(Path file, Optional<Charset> told) {
    return records(new RecordFile(file, new FileFormat(told, ','))).stream()
        .map(row -> row.<String>getAs("shop"))
        .toList();
  }
}
