package io.tidemark.reconcile;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sales as they were delivered, and what a till's view makes of them: by the rule, and as a stream.
 * Plain Java, which shares nothing with what it is compared with.
 *
 * @param batches of landing, each with its deliveries in their order
 */
public record History(List<List<Sale>> batches) {
  public static final Duration LATENESS = Duration.ofHours(2);

  private static final Duration WINDOW = Duration.ofDays(1);
  private static final int HOURS = 72;

  public record Sale(String id, Instant time, String shop, int amount) {}

  /** What a view says of an hour and a shop. */
  public record Row(int sales, int amount) {}

  /**
   * Three days of a few ids, delivered again and again: the same, at another time, with other
   * content, in any order.
   */
  public static History random(long seed, String name, Instant begin) {
    Random random = new Random(seed);
    List<Sale> sales = new ArrayList<>();
    int deliveries = 3 + random.nextInt(10);
    int hour = 0;
    for (int next = 0; next < deliveries; next++) {
      // Mostly onwards, now and then far back.
      hour =
          random.nextInt(5) == 0
              ? random.nextInt(HOURS)
              : Math.min(hour + random.nextInt(14), HOURS - 1);
      Sale sale =
          new Sale(
              "%s.%d".formatted(name, random.nextInt(1 + deliveries / 2)),
              begin.plus(hour, ChronoUnit.HOURS).plusSeconds(600L * random.nextInt(6)),
              random.nextBoolean() ? "north" : "south",
              1 + random.nextInt(9));
      boolean again = !sales.isEmpty() && random.nextInt(3) == 0;
      sales.add(again ? sales.get(random.nextInt(sales.size())) : sale);
    }
    return new History(cut(sales, random));
  }

  private static List<List<Sale>> cut(List<Sale> sales, Random random) {
    List<List<Sale>> batches = new ArrayList<>();
    for (Sale sale : sales) {
      if (batches.isEmpty() || random.nextInt(3) == 0) {
        batches.add(new ArrayList<>());
      }
      batches.get(batches.size() - 1).add(sale);
    }
    return batches;
  }

  public List<Sale> sales() {
    return batches.stream().flatMap(List::stream).toList();
  }

  /** Of every date, its rows: what each delivery counts that the rule lets count. */
  public static SortedMap<LocalDate, SortedMap<String, Row>> truth(List<Sale> delivered) {
    List<Sale> counted = new ArrayList<>();
    for (int one = 0; one < delivered.size(); one++) {
      Sale sale = delivered.get(one);
      boolean isDuplicate =
          delivered.subList(0, one).stream()
              .filter(earlier -> earlier.id().equals(sale.id()))
              .map(earlier -> Duration.between(earlier.time(), sale.time()).abs())
              .anyMatch(apart -> apart.compareTo(WINDOW) <= 0);
      if (!isDuplicate) {
        counted.add(sale);
      }
    }
    return rows(counted);
  }

  public static SortedMap<LocalDate, SortedMap<String, Row>> rows(List<Sale> counted) {
    SortedMap<LocalDate, SortedMap<String, Row>> rows = new TreeMap<>();
    for (Sale sale : counted) {
      Instant hour = sale.time().truncatedTo(ChronoUnit.HOURS);
      rows.computeIfAbsent(LocalDate.ofInstant(hour, ZoneOffset.UTC), date -> new TreeMap<>())
          .merge(
              hour + " " + sale.shop(),
              new Row(1, sale.amount()),
              (a, b) -> new Row(a.sales() + b.sales(), a.amount() + b.amount()));
    }
    return rows;
  }

  /** Rows as {@link Till#shown} has them. */
  static List<String> text(SortedMap<LocalDate, SortedMap<String, Row>> rows) {
    return rows.values().stream()
        .flatMap(date -> date.entrySet().stream())
        .map(
            row ->
                "%s %d %d".formatted(row.getKey(), row.getValue().sales(), row.getValue().amount()))
        .toList();
  }

  @Override
  public String toString() {
    return batches.stream()
        .map(batch -> batch.stream().map(Sale::toString).collect(joining("\n  ", "  ", "")))
        .collect(joining("\nlanded\n", "\n", "\nlanded\n"));
  }

  /** A stream over batches: remembers ids for the lateness, and meets a batch in any order. */
  public static final class Stream {
    private final Random arrival;
    private final Map<String, Instant> remembered = new HashMap<>();
    private final List<Sale> counted = new ArrayList<>();
    private Instant watermark = Instant.EPOCH;

    public Stream(long seed) {
      this.arrival = new Random(seed);
    }

    /** What it dropped by, which is the watermark that it had. */
    public Instant refresh(List<Sale> read) {
      Instant lateAt = watermark;
      List<Sale> arriving = new ArrayList<>(read);
      Collections.shuffle(arriving, arrival);
      for (Sale sale : arriving) {
        if (sale.time().isAfter(lateAt) && !remembered.containsKey(sale.id())) {
          remembered.put(sale.id(), sale.time().plus(LATENESS));
          counted.add(sale);
        }
      }
      remembered.values().removeIf(until -> !until.isAfter(lateAt));
      read.stream()
          .map(sale -> sale.time().minus(LATENESS))
          .filter(reached -> reached.isAfter(watermark))
          .max(Instant::compareTo)
          .ifPresent(reached -> watermark = reached);
      return lateAt;
    }

    public Instant watermark() {
      return watermark;
    }

    public List<Sale> counted() {
      return List.copyOf(counted);
    }

    public SortedMap<LocalDate, SortedMap<String, Row>> rows() {
      return History.rows(counted);
    }
  }
}
