package io.tidemark.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayBasedMapData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;

/** What Spark and JSON hold, as plain Java. */
final class PlainValue {
  private PlainValue() {}

  /** A value of Spark's, by the reader's type. */
  static Object of(Object value, Schema reader) {
    if (reader.isUnion()) {
      return ofUnion(value, reader);
    }
    if (value instanceof UTF8String text) {
      return text.toString();
    }
    if (value instanceof Decimal decimal) {
      return decimal.toJavaBigDecimal();
    }
    if (value instanceof byte[] bytes) {
      return "big-decimal".equals(reader.getProp("logicalType"))
          ? new Conversions.BigDecimalConversion()
              .fromBytes(ByteBuffer.wrap(bytes), reader, reader.getLogicalType())
              .stripTrailingZeros()
          : ExactScalar.list(bytes);
    }
    if (value instanceof GenericArrayData array) {
      List<Object> items = new ArrayList<>();
      for (Object item : array.array()) {
        items.add(of(item, reader.getElementType()));
      }
      return items;
    }
    if (value instanceof ArrayBasedMapData map) {
      Map<Object, Object> entries = new HashMap<>();
      Object[] keys = ((GenericArrayData) map.keyArray()).array();
      Object[] values = ((GenericArrayData) map.valueArray()).array();
      for (int i = 0; i < keys.length; i++) {
        entries.put(keys[i].toString(), of(values[i], reader.getValueType()));
      }
      return entries;
    }
    if (value instanceof GenericInternalRow row) {
      Map<Object, Object> fields = new LinkedHashMap<>();
      reader
          .getFields()
          .forEach(
              field -> fields.put(field.name(), of(row.values()[field.pos()], field.schema())));
      return fields;
    }
    return value;
  }

  private static Object ofUnion(Object value, Schema union) {
    if (value == null) {
      return null;
    }
    List<Schema> members =
        union.getTypes().stream().filter(m -> m.getType() != Schema.Type.NULL).toList();
    boolean isStruct =
        EventColumns.fields(record(union)).apply("f").dataType().sql().contains("member0");
    if (members.size() == 1 || !isStruct) {
      return of(value, members.get(0));
    }
    Map<Object, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < members.size(); i++) {
      row.put("member" + i, of(((GenericInternalRow) value).values()[i], members.get(i)));
    }
    return row;
  }

  private static Schema record(Schema field) {
    return Schema.createRecord("R", null, null, false, List.of(new Schema.Field("f", field)));
  }

  static Object of(JsonNode json) {
    if (json == null || json.isNull()) {
      return null;
    }
    if (json.isArray()) {
      List<Object> items = new ArrayList<>();
      json.forEach(item -> items.add(of(item)));
      return items;
    }
    if (json.isObject()) {
      Map<Object, Object> fields = new LinkedHashMap<>();
      json.properties().forEach(entry -> fields.put(entry.getKey(), of(entry.getValue())));
      return fields;
    }
    return json.isBoolean()
        ? (Object) json.booleanValue()
        : json.isNumber() ? json.decimalValue() : json.textValue();
  }
}
