package io.tidemark.streaming;

import io.tidemark.local.S3Proxy;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.ObjectCheckpoints;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** A Spark of its own, in another process, that appends to the tables of the test. */
public final class SecondDriver implements AutoCloseable {
  private final Process process;
  private final Path log;

  private SecondDriver(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** A table of numbers, and who has written them. */
  static TableDefinition table(TableFormat format) {
    return new TableDefinition(
        "shop.numbers_in_" + format.name().toLowerCase(Locale.ROOT),
        format,
        StructType.fromDDL("writer STRING, n BIGINT"),
        Optional.empty(),
        List.of());
  }

  /** Appends rows, each in a commit of its own. */
  static void append(TestLake lake, LakeTable table, String writer, int count) {
    for (long n = 0; n < count; n++) {
      table.append(
          lake.spark(), List.of(RowFactory.create(writer, n)), new Commit("append." + writer, n));
    }
  }

  /**
   * @param counts how many commits it makes to the table of each format
   */
  static SecondDriver start(
      Path folder,
      S3Proxy s3,
      URI place,
      Map<String, String> catalog,
      Map<TableFormat, Integer> counts)
      throws IOException {
    Properties settings = new Properties();
    settings.setProperty("place", place.toString());
    catalog.forEach((key, value) -> settings.setProperty("catalog." + key, value));
    s3.settings().forEach((key, value) -> settings.setProperty("hadoop." + key, value));
    counts.forEach((format, count) -> settings.setProperty("count." + format, count.toString()));
    Path file = folder.resolve("second-driver.properties");
    try (var out = Files.newOutputStream(file)) {
      settings.store(out, null);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of(SecondDriver.class.getName(), file.toString()));
    Path log = folder.resolve("second-driver.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder
        .environment()
        .put(
            "CLASSPATH",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    return new SecondDriver(builder.start(), log);
  }

  /** Waits until it has made all of its commits; the exit code, and what it has written. */
  String result() throws InterruptedException {
    int code = process.waitFor();
    try {
      return code == 0 ? "" : code + "\n" + Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isRunning() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] args) throws IOException {
    Properties settings = new Properties();
    try (var in = Files.newInputStream(Path.of(args[0]))) {
      settings.load(in);
    }
    Path folder = Path.of(args[0]).getParent();
    Map<String, String> spark = new HashMap<>(ObjectCheckpoints.SETTINGS);
    below("hadoop.", settings).forEach((key, value) -> spark.put("spark.hadoop." + key, value));
    try (TestLake lake =
        TestLake.at(
            folder,
            URI.create(settings.getProperty("place")),
            below("catalog.", settings),
            spark)) {
      below("count.", settings)
          .forEach(
              (format, count) ->
                  append(
                      lake,
                      lake.lake().find(table(TableFormat.valueOf(format))).orElseThrow(),
                      "second",
                      Integer.parseInt(count)));
    }
    // What clients of S3 have started may go on.
    System.exit(0);
  }

  private static Map<String, String> below(String prefix, Properties settings) {
    Map<String, String> below = new HashMap<>();
    settings
        .stringPropertyNames()
        .forEach(
            name -> {
              if (name.startsWith(prefix)) {
                below.put(name.substring(prefix.length()), settings.getProperty(name));
              }
            });
    return below;
  }
}
