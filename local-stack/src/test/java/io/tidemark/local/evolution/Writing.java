package io.tidemark.local.evolution;

import io.tidemark.local.evolution.Shape.Field;
import io.tidemark.local.evolution.Shape.Fields;
import io.tidemark.local.evolution.Shape.Many;
import io.tidemark.local.evolution.Shape.Named;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Date;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.spark.sql.Row;
import scala.jdk.javaapi.CollectionConverters;

/** Plain values as Avro takes them, and as they are expected in a table. */
final class Writing {
  private Writing() {}

  static Object avro(Object value, Schema schema) {
    if (value == null) {
      return null;
    }
    Schema type = schema.getType() == Schema.Type.UNION ? schema.getTypes().get(1) : schema;
    return switch (type.getType()) {
      case RECORD -> {
        GenericRecord record = new GenericData.Record(type);
        type.getFields()
            .forEach(
                field ->
                    record.put(
                        field.name(), avro(((Map<?, ?>) value).get(field.name()), field.schema())));
        yield record;
      }
      case ARRAY ->
          new ArrayList<>(
              ((List<?>) value).stream().map(each -> avro(each, type.getElementType())).toList());
      case MAP -> {
        Map<String, Object> map = new HashMap<>();
        ((Map<?, ?>) value)
            .forEach((key, each) -> map.put((String) key, avro(each, type.getValueType())));
        yield map;
      }
      case BYTES -> ByteBuffer.wrap(((BigDecimal) value).unscaledValue().toByteArray());
      default -> value;
    };
  }

  /**
   * A value as a table of these fields has it: what it lacks is null, what it has beyond is not
   * seen.
   */
  static Object expected(Object value, Shape shape) {
    if (value == null) {
      return null;
    }
    if (shape instanceof Fields record) {
      Map<String, Object> seen = new TreeMap<>();
      record
          .fields()
          .forEach(
              (name, field) ->
                  seen.put(name, expected(((Map<?, ?>) value).get(name), field.shape())));
      return seen;
    }
    if (shape instanceof Many many) {
      return ((List<?>) value).stream().map(each -> "" + expected(each, many.element())).toList();
    }
    if (shape instanceof Named named) {
      Map<String, Object> seen = new TreeMap<>();
      ((Map<?, ?>) value)
          .forEach((key, each) -> seen.put((String) key, expected(each, named.element())));
      return seen;
    }
    return plain(value);
  }

  static Object read(Object value, Shape shape) {
    if (value == null) {
      return null;
    }
    if (shape instanceof Fields record) {
      Map<String, Object> seen = new TreeMap<>();
      for (Map.Entry<String, Field> field : record.fields().entrySet()) {
        seen.put(
            field.getKey(), read(((Row) value).getAs(field.getKey()), field.getValue().shape()));
      }
      return seen;
    }
    if (shape instanceof Many many) {
      return CollectionConverters.asJava((scala.collection.Seq<?>) value).stream()
          .map(each -> "" + read(each, many.element()))
          .toList();
    }
    if (shape instanceof Named named) {
      Map<String, Object> seen = new TreeMap<>();
      CollectionConverters.asJava((scala.collection.Map<?, ?>) value)
          .forEach((key, each) -> seen.put((String) key, read(each, named.element())));
      return seen;
    }
    return value instanceof Date date ? "" + date.toLocalDate().toEpochDay() : plain(value);
  }

  private static Object plain(Object value) {
    if (value instanceof Float || value instanceof Double) {
      return new BigDecimal(((Number) value).doubleValue()).stripTrailingZeros().toPlainString();
    }
    return value instanceof BigDecimal exact
        ? exact.stripTrailingZeros().toPlainString()
        : value.toString();
  }
}
