package io.tidemark.schema;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The SQL function that turns a record's bytes and timestamp into {@code struct<record, schema_id,
 * rescued, stage, reason, message>}: either record is set, or stage and reason are.
 */
public final class DecodeRecord extends Expression implements CodegenFallback, Serializable {
  private static final long serialVersionUID = 1L;

  private final RecordFormat format;
  private final Expression value;
  private final Expression timestamp;
  private final Expression timestampType;
  private transient RecordDecoder decoder;

  private DecodeRecord(
      RecordFormat format, Expression value, Expression timestamp, Expression timestampType) {
    this.format = format;
    this.value = value;
    this.timestamp = timestamp;
    this.timestampType = timestampType;
  }

  /** Kafka's columns, and in {@code decoded} what they hold. */
  public static Dataset<Row> decode(Dataset<Row> records, RecordFormat format) {
    return records.withColumn(
        "decoded",
        ExpressionUtils.column(
            new DecodeRecord(
                format,
                ExpressionUtils.expression(col("value")),
                ExpressionUtils.expression(col("timestamp")),
                ExpressionUtils.expression(
                    KafkaColumns.of(records.schema()).saysTimestampType()
                        ? col(KafkaColumns.TIMESTAMP_TYPE)
                        : lit(KafkaColumns.CREATE_TIME)))));
  }

  @Override
  public Object eval(InternalRow input) {
    if (decoder == null) {
      decoder = new RecordDecoder(format);
    }
    byte[] bytes = (byte[]) value.eval(input);
    try {
      RecordDecoder.Decoded decoded =
          decoder.decode(
              bytes,
              (Long) timestamp.eval(input),
              KafkaColumns.isBrokersClock((Integer) timestampType.eval(input)));
      return row(decoded.row(), decoded.schemaId(), decoded.rescued(), null, null, null);
    } catch (RejectedRecordException e) {
      return row(
          null,
          schemaId(bytes),
          null,
          e.rejection().stage(),
          e.rejection().reason(),
          e.getMessage());
    }
  }

  private static InternalRow row(
      InternalRow row, Integer id, String rescued, String stage, String reason, String message) {
    return new GenericInternalRow(
        new Object[] {row, id, text(rescued), text(stage), text(reason), text(message)});
  }

  private static UTF8String text(String text) {
    return text == null ? null : UTF8String.fromString(text);
  }

  private static Integer schemaId(byte[] value) {
    try {
      return RecordDecoder.schemaId(value);
    } catch (RejectedRecordException noHeader) {
      return null;
    }
  }

  @Override
  public DataType dataType() {
    return new StructType()
        .add("record", format.columns(), true)
        .add("schema_id", DataTypes.IntegerType, true)
        .add("rescued", DataTypes.StringType, true)
        .add("stage", DataTypes.StringType, true)
        .add("reason", DataTypes.StringType, true)
        .add("message", DataTypes.StringType, true);
  }

  /**
   * Said to be false, so that no optimizer rule decodes a record twice: once for a filter and once
   * for its columns.
   */
  @Override
  public boolean deterministic() {
    return false;
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    return CodegenFallback.super.doGenCode(context, code);
  }

  @Override
  public boolean nullable() {
    return false;
  }

  @Override
  public String prettyName() {
    return "decode_record";
  }

  @Override
  public Seq<Expression> children() {
    return CollectionConverters.asScala(List.of(value, timestamp, timestampType)).toSeq();
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    return new DecodeRecord(
        format, newChildren.apply(0), newChildren.apply(1), newChildren.apply(2));
  }

  @Override
  public int productArity() {
    return 4;
  }

  @Override
  public Object productElement(int position) {
    return switch (position) {
      case 0 -> format;
      case 1 -> value;
      case 2 -> timestamp;
      case 3 -> timestampType;
      default -> throw new IndexOutOfBoundsException(position);
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof DecodeRecord;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DecodeRecord that
        && format.equals(that.format)
        && value.equals(that.value)
        && timestamp.equals(that.timestamp)
        && timestampType.equals(that.timestampType);
  }

  @Override
  public int hashCode() {
    return Objects.hash(format, value, timestamp, timestampType);
  }
}
