package io.tidemark.schema;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;

/** Reads a record field by field, in the writer's order, into the reader's. */
final class RecordReader implements FieldReader {
  private static final int UNKNOWN = -1;

  private final FieldReader[] fields;
  private final int[] positions;
  private final String[] names;
  private final Object[] defaults;

  private RecordReader(FieldReader[] fields, int[] positions, String[] names, Object[] defaults) {
    this.fields = fields;
    this.positions = positions;
    this.names = names;
    this.defaults = defaults;
  }

  /**
   * @param fields by the writer's field; null for one that is passed over
   * @param defaults by the reader's field
   */
  static RecordReader of(
      Schema written, Schema reader, FieldPairs pairs, List<Resolved> fields, Object[] defaults) {
    int count = fields.size();
    FieldReader[] readers = new FieldReader[count];
    String[] names = new String[count];
    for (int i = 0; i < count; i++) {
      Schema.Field field = written.getFields().get(i);
      int position = pairs.reader()[i];
      if (position == UNKNOWN) {
        names[i] = field.name();
        readers[i] =
            in -> {
              WrittenValue.skip(field.schema(), in);
              return null;
            };
      } else {
        names[i] = reader.getFields().get(position).name();
        readers[i] = fields.get(i).reader();
      }
    }
    return new RecordReader(readers, pairs.reader(), names, defaults);
  }

  @Override
  public Object read(AvroBytes in) throws UnreadableException {
    Object[] values = defaults.clone();
    int field = 0;
    try {
      for (; field < fields.length; field++) {
        Object value = fields[field].read(in);
        if (positions[field] != UNKNOWN) {
          values[positions[field]] = value;
        }
      }
    } catch (UnreadableException e) {
      throw e.within(names[field]);
    }
    return new GenericInternalRow(values);
  }
}
