package io.tidemark.local.trino;

import static java.util.stream.Collectors.joining;

import io.trino.jdbc.RowField;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.jdk.javaapi.CollectionConverters;

/** What an engine says of a table: a header of names and types, and a line a row, in order. */
final class EngineRows {
  private EngineRows() {}

  /**
   * As Spark reads it.
   *
   * @param millis whether the other engine rounds times to milliseconds
   */
  static List<String> of(Dataset<Row> rows, boolean millis) {
    UnaryOperator<Instant> instants =
        millis
            ? at -> at.plusNanos(500_000).truncatedTo(ChronoUnit.MILLIS)
            : UnaryOperator.identity();
    String header =
        Arrays.stream(rows.schema().fields())
            .map(field -> field.name() + " " + TrinoTypes.of(field.dataType(), millis))
            .collect(joining(", "));
    return table(header, rows.collectAsList().stream().map(row -> text(row, instants)).toList());
  }

  /** As Trino reads it. */
  static List<String> of(Connection trino, String sql) throws SQLException {
    try (Statement statement = trino.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      ResultSetMetaData columns = result.getMetaData();
      List<String> header = new ArrayList<>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        header.add(columns.getColumnName(i) + " " + columns.getColumnTypeName(i));
      }
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          values.add(
              text(value(result, i, columns.getColumnTypeName(i)), UnaryOperator.identity()));
        }
        rows.add("(" + String.join(", ", values) + ")");
      }
      return table(String.join(", ", header), rows);
    }
  }

  private static List<String> table(String header, List<String> rows) {
    return Stream.concat(Stream.of(header), rows.stream().sorted()).toList();
  }

  /** Java's old types of times would be taken apart in the zone of this JVM. */
  private static Object value(ResultSet result, int column, String type) throws SQLException {
    if (type.matches("timestamp\\(\\d+\\)")) {
      return result.getObject(column, LocalDateTime.class);
    }
    if (type.matches("timestamp.*")) {
      return result.getObject(column, ZonedDateTime.class);
    }
    return result.getObject(column);
  }

  private static String text(Object value, UnaryOperator<Instant> instants) {
    if (value instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
    if (value instanceof BigDecimal number) {
      return number.toPlainString();
    }
    if (value instanceof Instant instant) {
      return instants.apply(instant).toString();
    }
    if (value instanceof ZonedDateTime time) {
      return time.toInstant().toString();
    }
    if (value instanceof Timestamp time) {
      return time.toInstant().toString();
    }
    if (value instanceof Date date) {
      return date.toLocalDate().toString();
    }
    if (value instanceof Row row) {
      return IntStream.range(0, row.length())
          .mapToObj(i -> text(row.get(i), instants))
          .collect(joining(", ", "(", ")"));
    }
    if (value instanceof io.trino.jdbc.Row row) {
      return row.getFields().stream()
          .map(RowField::getValue)
          .map(field -> text(field, instants))
          .collect(joining(", ", "(", ")"));
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      return text(CollectionConverters.asJava(map), instants);
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> text(entry.getKey(), instants) + "=" + text(entry.getValue(), instants))
          .sorted()
          .collect(joining(", ", "{", "}"));
    }
    if (value instanceof scala.collection.Seq<?> list) {
      return text(CollectionConverters.asJava(list), instants);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(item -> text(item, instants)).collect(joining(", ", "[", "]"));
    }
    if (value instanceof Array array) {
      try {
        return text(Arrays.asList((Object[]) array.getArray()), instants);
      } catch (SQLException e) {
        throw new IllegalStateException("Cannot take an array apart", e);
      }
    }
    return String.valueOf(value);
  }
}
