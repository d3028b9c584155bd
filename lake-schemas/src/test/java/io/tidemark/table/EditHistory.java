package io.tidemark.table;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;

/** Writes to a small table in random ways, and knows which dates each of them changed. */
final class EditHistory {
  private static final List<String> APPENDS = List.of("append");
  private static final List<String> COMPACTIONS = List.of("compact");
  private static final List<String> EDITS =
      List.of(
          "update",
          "move",
          "delete",
          "delete-date",
          "merge",
          "overwrite-date",
          "roll-back",
          "nothing");

  private final TestLake lake;
  private final LakeTable table;
  private final Random random;
  private final List<Step> steps = new ArrayList<>();
  private long appended;
  private int backTo;

  /**
   * One write.
   *
   * @param version after it
   * @param changed dates whose rows are others than before, if it is not an append
   * @param backTo the step that a rollback went back to
   */
  record Step(String kind, long version, TreeSet<LocalDate> changed, int backTo) {}

  EditHistory(TestLake lake, LakeTable table, long seed) {
    this.lake = lake;
    this.table = table;
    this.random = new Random(seed);
  }

  /** Whether a step of this kind, whatever stands behind, may change rows that are there. */
  static boolean isEdit(String kind) {
    return EDITS.stream().anyMatch(kind::startsWith) && !kind.startsWith("nothing");
  }

  /**
   * What has happened since a step. In Iceberg what was undone meanwhile has not: it is on no line
   * to the present.
   */
  List<Step> since(int step) {
    List<Step> happened = new ArrayList<>();
    for (Step next : steps.subList(step + 1, steps.size())) {
      if (table.definition().format() == TableFormat.ICEBERG && next.backTo() >= step) {
        happened.removeIf(undone -> steps.indexOf(undone) > next.backTo());
      } else {
        happened.add(next);
      }
    }
    return happened;
  }

  List<Step> steps() {
    return steps;
  }

  /** Each kind once, and as many again in any order. */
  void write(int more) {
    List<String> kinds = new ArrayList<>(List.of("append", "append"));
    for (List<String> some : List.of(EDITS, COMPACTIONS, APPENDS)) {
      kinds.addAll(some);
    }
    Collections.shuffle(kinds.subList(2, kinds.size()), random);
    for (int i = 0; i < more; i++) {
      kinds.add(List.of("append", "update", "delete", "merge").get(random.nextInt(4)));
    }
    kinds.forEach(this::step);
  }

  private void step(String kind) {
    Map<LocalDate, List<String>> before = rows();
    ways().get(kind).accept(table.definition().format() == TableFormat.DELTA ? delta() : iceberg());
    Map<LocalDate, List<String>> after = rows();
    TreeSet<LocalDate> changed = new TreeSet<>(before.keySet());
    changed.addAll(after.keySet());
    changed.removeIf(
        date ->
            kind.equals("append")
                || before
                    .getOrDefault(date, List.of())
                    .equals(after.getOrDefault(date, List.of())));
    steps.add(new Step(kind, table.version(), changed, kind.equals("roll-back") ? backTo : -1));
  }

  private Map<String, Consumer<String>> ways() {
    Map<String, Consumer<String>> ways = new HashMap<>();
    ways.put("append", name -> append());
    ways.put("compact", this::compact);
    ways.put("update", name -> sql("UPDATE %s SET price = price + 1 WHERE %s", name, some()));
    ways.put("move", name -> sql("UPDATE %s SET date = date_add(date, 1) WHERE %s", name, some()));
    ways.put("delete", name -> sql("DELETE FROM %s WHERE %s", name, some()));
    ways.put("delete-date", name -> sql("DELETE FROM %s WHERE date = %s", name, date()));
    ways.put(
        "merge",
        name ->
            sql(
                "MERGE INTO %s t USING (SELECT 'item 1' AS item, %s AS date) s ON t.item = s.item"
                    + " AND t.date = s.date WHEN MATCHED THEN UPDATE SET price = 99",
                name, date()));
    ways.put("overwrite-date", name -> overwrite());
    ways.put("roll-back", this::rollBack);
    ways.put("nothing", name -> sql("UPDATE %s SET price = 1 WHERE item = 'none'", name));
    return ways;
  }

  private String delta() {
    return "delta.`%s`".formatted(lake.warehouse().resolve("shop/sales"));
  }

  private static String iceberg() {
    return "lake.shop.sales";
  }

  private void append() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      rows.add(
          Sales.sale(
              "north",
              "item " + random.nextInt(3),
              Integer.toString(random.nextInt(9)),
              day(random.nextInt(3)).toString()));
    }
    table.append(Sales.rows(lake, rows.toArray(Row[]::new)), new Commit("land", appended++));
  }

  private void compact(String name) {
    if (table.definition().format() == TableFormat.DELTA) {
      sql(random.nextBoolean() ? "OPTIMIZE %s" : "OPTIMIZE %s ZORDER BY (sold_at)", name);
      sql("VACUUM %s", name);
    } else {
      sql(
          "CALL lake.system.rewrite_data_files(table => '%s', options => map('rewrite-all',"
              + " 'true'))",
          "shop.sales");
      sql("CALL lake.system.rewrite_manifests('%s')", "shop.sales");
    }
  }

  private void overwrite() {
    LocalDate date = day(random.nextInt(3));
    Row row = Sales.sale("north", "new", "7", date.toString());
    table.replaceDates(
        Sales.rows(lake, row),
        date,
        date,
        table.version(),
        new Commit("repair", table.lastBatch("repair").orElse(-1) + 1));
  }

  /** One write or two are undone. */
  private void rollBack(String name) {
    backTo = Math.max(0, steps.size() - 2 - random.nextInt(2));
    long to = steps.get(backTo).version();
    if (table.definition().format() == TableFormat.DELTA) {
      sql("RESTORE TABLE %s TO VERSION AS OF %d", name, to);
    } else {
      sql("CALL lake.system.rollback_to_snapshot('%s', %d)", "shop.sales", to);
    }
  }

  private String some() {
    return "item = 'item %d' AND date = %s".formatted(random.nextInt(3), date());
  }

  private String date() {
    return "DATE'%s'".formatted(day(random.nextInt(3)));
  }

  private static LocalDate day(int day) {
    return Sales.FIRST.plusDays(day);
  }

  private void sql(String text, Object... values) {
    lake.spark().sql(text.formatted(values));
  }

  private Map<LocalDate, List<String>> rows() {
    return table.read(lake.spark()).collectAsList().stream()
        .sorted((one, other) -> one.toString().compareTo(other.toString()))
        .collect(
            groupingBy(
                row -> row.<Date>getAs("date").toLocalDate(), mapping(Row::toString, toList())));
  }
}
