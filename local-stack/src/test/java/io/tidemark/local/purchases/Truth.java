package io.tidemark.local.purchases;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * What the views must say: sums over a file of purchases, computed without Spark. Keys are the
 * start of the window, and the country where there is one, as {@code 2010-12-01 08:00:00|France}.
 */
public final class Truth {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final CSVFormat CSV =
      CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
  private static final int SLIDE = 15;

  private Truth() {}

  public static Map<String, Measures> byHourAndCountry(Path purchases) {
    return sum(
        purchases, line -> List.of(TIME.format(hour(time(line))) + "|" + line.get("Country")));
  }

  public static Map<String, Measures> byDay(Path purchases) {
    return sum(purchases, line -> List.of(time(line).toLocalDate().toString()));
  }

  /** Windows of an hour that start every quarter: each line counts in four. */
  public static Map<String, Measures> sliding(Path purchases) {
    return sum(
        purchases,
        line -> {
          LocalDateTime time = time(line);
          LocalDateTime last = hour(time).plusMinutes(time.getMinute() / SLIDE * SLIDE);
          return List.of(0, 1, 2, 3).stream()
              .map(quarters -> TIME.format(last.minusMinutes((long) SLIDE * quarters)))
              .toList();
        });
  }

  /** Sums that somebody else computed, from a file with the columns rows, qty_net and so on. */
  public static Map<String, Measures> read(Path file, String... key) {
    Map<String, Measures> truth = new HashMap<>();
    forEach(
        file,
        row ->
            truth.put(
                String.join("|", List.of(key).stream().map(row::get).toList()),
                Measures.ofTruth(row)));
    return truth;
  }

  private static Map<String, Measures> sum(Path purchases, Function<CSVRecord, List<String>> keys) {
    Map<String, Measures> sums = new HashMap<>();
    forEach(
        purchases,
        line ->
            keys.apply(line)
                .forEach(key -> sums.merge(key, Measures.ofLine(line), Measures::plus)));
    return sums;
  }

  private static void forEach(Path file, java.util.function.Consumer<CSVRecord> row) {
    try (var bytes = Files.newInputStream(file);
        Reader text =
            new InputStreamReader(
                file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes,
                StandardCharsets.UTF_8)) {
      CSV.parse(text).forEach(row);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LocalDateTime time(CSVRecord line) {
    return LocalDateTime.parse(line.get("InvoiceDate"), TIME);
  }

  private static LocalDateTime hour(LocalDateTime time) {
    return time.toLocalDate().atTime(time.getHour(), 0);
  }
}
