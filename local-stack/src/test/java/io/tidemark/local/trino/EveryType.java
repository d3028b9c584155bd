package io.tidemark.local.trino;

import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** A table with every type that the lake keeps, and rows that are hard to keep. */
final class EveryType {
  private static final String COLUMNS =
      """
      id INT NOT NULL, yes BOOLEAN, whole BIGINT, narrow FLOAT, wide DOUBLE, price DECIMAL(5,2), sum DECIMAL(38,10), text STRING,
      raw BINARY, day DATE, at TIMESTAMP, local TIMESTAMP_NTZ, tags ARRAY<STRING>, counts MAP<STRING,BIGINT>,
      place STRUCT<name: STRING, spot: STRUCT<lat: DOUBLE, seen: DATE>>, lines ARRAY<STRUCT<sku: STRING, price: DECIMAL(10,2)>>,
      `größe` STRING, date DATE""";

  private static final String ROWS =
      """
      SELECT * FROM VALUES
        (1, true, 9007199254740993L, 1.5F, 0.1D, 12.30BD, 1234567890123456789012345678.0123456789BD, 'plain',
         X'00FF', DATE'2010-12-01', TIMESTAMP'2010-12-01 08:26:00.123456', TIMESTAMP_NTZ'2010-12-01 08:26:00.123456',
         array('a', NULL, ''), map('x', 1L, 'y', NULL), named_struct('name', 'Rīga', 'spot', named_struct('lat', 56.9D, 'seen', DATE'2010-12-01')),
         array(named_struct('sku', '85123A', 'price', 2.55BD), NULL), 'groß', DATE'2010-12-01'),
        (2, false, -9223372036854775808L, float('NaN'), double('-Infinity'), -999.99BD, -9999999999999999999999999999.9999999999BD,
         'Kaffee ☕ "quoted" \\'and\\' 🙂\\nnew line\\t\\\\', X'', DATE'0001-01-01', TIMESTAMP'1969-12-31 23:59:59.999999', TIMESTAMP_NTZ'1969-12-31 23:59:59.999999',
         array(), map(), named_struct('name', NULL, 'spot', NULL), array(), '', DATE'1969-12-31'),
        (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DATE'2010-12-02'),
        (4, true, 9223372036854775807L, float('3.4028235E38'), 4.9E-324D, 0.00BD, 0.0000000001BD, 'Ω\\u0301',
         X'CAFE', DATE'9999-12-31', TIMESTAMP'2262-04-11 23:47:16.854775', TIMESTAMP_NTZ'2011-03-27 02:30:00',
         array('🙂', 'ß'), map('ключ', -1L), named_struct('name', '', 'spot', named_struct('lat', -0.0D, 'seen', NULL)),
         array(named_struct('sku', NULL, 'price', NULL)), NULL, DATE'2010-12-01')
      """;

  private EveryType() {}

  static TableDefinition table(TableFormat format) {
    return table(format, COLUMNS);
  }

  /** With columns that were added since. */
  static TableDefinition later(TableFormat format) {
    return table(
        format,
        COLUMNS
            .replace("name: STRING,", "name: STRING, zip: STRING,")
            .replace(", date DATE", ", note STRING, date DATE"));
  }

  /** Rows of the first definition. */
  static Dataset<Row> rows(SparkSession spark) {
    return spark
        .sql(ROWS)
        .toDF(StructType.fromDDL(COLUMNS).fieldNames())
        .to(StructType.fromDDL(COLUMNS));
  }

  private static TableDefinition table(TableFormat format, String columns) {
    return new TableDefinition(
        "kept.every_type", format, StructType.fromDDL(columns), Optional.of("date"), List.of("id"));
  }
}
