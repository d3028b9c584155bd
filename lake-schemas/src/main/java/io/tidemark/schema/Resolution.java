package io.tidemark.schema;

import static io.tidemark.schema.Resolved.Fit.EVERY;
import static io.tidemark.schema.Resolved.Fit.NONE;
import static io.tidemark.schema.Resolved.Fit.SAME;
import static io.tidemark.schema.Resolved.Fit.SOME;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayBasedMapData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * How a writer's type is read as a reader's, at every depth. Avro's own resolution looks at bytes
 * and not at what they mean: it reads a decimal of scale 4 as one of scale 2.
 */
final class Resolution {
  private final Map<Pair, Resolved> records = new HashMap<>();

  /** Schemas by identity: two records of one name may differ. */
  private record Pair(Schema written, Schema reader) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Pair pair && pair.written == written && pair.reader == reader;
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(written) + System.identityHashCode(reader);
    }
  }

  static Resolved of(Schema written, Schema reader) {
    return new Resolution().resolve(written, reader);
  }

  private Resolved resolve(Schema written, Schema reader) {
    if (written.isUnion()) {
      return ofWrittenUnion(written, reader);
    }
    if (reader.isUnion()) {
      return asUnion(written, new ReaderUnion(reader));
    }
    return switch (written.getType()) {
      case ARRAY ->
          reader.getType() == Schema.Type.ARRAY ? array(written, reader) : never(written, reader);
      case MAP ->
          reader.getType() == Schema.Type.MAP ? map(written, reader) : never(written, reader);
      case RECORD ->
          reader.getType() == Schema.Type.RECORD ? record(written, reader) : never(written, reader);
      default -> ScalarResolution.of(written, reader);
    };
  }

  private static Resolved never(Schema written, Schema reader) {
    return Resolved.never(written, reader, "");
  }

  private Resolved ofWrittenUnion(Schema written, Schema reader) {
    long records = written.getTypes().stream().filter(Resolution::isRecord).count();
    List<Resolved> members =
        written.getTypes().stream()
            .map(
                member ->
                    records > 1 && isRecord(member)
                        ? oneOfSeveral(member, reader)
                        : resolve(member, reader))
            .toList();
    FieldReader[] readers = members.stream().map(Resolved::reader).toArray(FieldReader[]::new);
    return new Resolved(
        in -> readers[in.readIndex(readers.length)].read(in),
        UnknownFields.ofUnion(written, members),
        members.stream().allMatch(member -> member.fit() == NONE) ? NONE : SOME);
  }

  private static boolean isRecord(Schema schema) {
    return schema.getType() == Schema.Type.RECORD;
  }

  /** Where a writer tells records apart by their names, a reader of one of them takes no other. */
  private Resolved oneOfSeveral(Schema written, Schema reader) {
    Schema one = NullableType.valueOf(reader);
    return isRecord(one) && !ReaderUnion.isNamed(written, one)
        ? Resolved.never(written, reader, ": it is another record")
        : resolve(written, reader);
  }

  private Resolved asUnion(Schema written, ReaderUnion reader) {
    if (written.getType() == Schema.Type.NULL) {
      return reader.takesNull() ? Resolved.same(in -> null) : never(written, reader.schema());
    }
    if (reader.isOneType()) {
      return resolve(written, reader.type());
    }
    List<Resolved> members = reader.members().stream().map(m -> resolve(written, m)).toList();
    int member = reader.choose(written, members);
    if (member == ReaderUnion.AMBIGUOUS) {
      return Resolved.never(written, reader.schema(), ": several of these types have its name");
    }
    if (member < 0) {
      return never(written, reader.schema());
    }
    FieldReader value = members.get(member).reader();
    int width = members.size();
    return new Resolved(
        in -> {
          Object[] row = new Object[width];
          row[member] = value.read(in);
          return new GenericInternalRow(row);
        },
        members.get(member).unknown(),
        members.get(member).fit());
  }

  private Resolved array(Schema written, Schema reader) {
    Resolved element = resolve(written.getElementType(), reader.getElementType());
    FieldReader value = element.reader();
    int size = WrittenSize.atLeast(written.getElementType());
    return new Resolved(
        in -> {
          List<Object> values = new ArrayList<>();
          try {
            for (int n = in.readItems(size); n > 0; n = in.readItems(size)) {
              for (int i = 0; i < n; i++) {
                values.add(value.read(in));
              }
            }
          } catch (UnreadableException e) {
            throw e.within("[]");
          }
          return new GenericArrayData(values.toArray());
        },
        UnknownFields.ofArray(written, element),
        some(element));
  }

  private Resolved map(Schema written, Schema reader) {
    Resolved element = resolve(written.getValueType(), reader.getValueType());
    FieldReader value = element.reader();
    int size = WrittenSize.atLeast(written.getValueType()) + 1;
    return new Resolved(
        in -> {
          Map<UTF8String, Object> values = new LinkedHashMap<>();
          try {
            for (int n = in.readItems(size); n > 0; n = in.readItems(size)) {
              for (int i = 0; i < n; i++) {
                UTF8String key = in.readText();
                if (values.containsKey(key)) {
                  throw UnreadableException.malformed(
                      "the map has the key %s twice".formatted(key));
                }
                values.put(key, value.read(in));
              }
            }
          } catch (UnreadableException e) {
            throw e.within("{}");
          }
          return new ArrayBasedMapData(
              new GenericArrayData(values.keySet().toArray()),
              new GenericArrayData(values.values().toArray()));
        },
        UnknownFields.ofMap(written, element),
        some(element));
  }

  private static Resolved.Fit some(Resolved element) {
    return element.isPossible() ? element.fit() : SOME;
  }

  private Resolved record(Schema written, Schema reader) {
    Pair pair = new Pair(written, reader);
    Resolved known = records.get(pair);
    if (known == null) {
      known = resolveRecord(written, reader);
      records.put(pair, known);
    }
    return known;
  }

  private Resolved resolveRecord(Schema written, Schema reader) {
    FieldPairs pairs = FieldPairs.of(written, reader);
    List<Resolved> fields = new ArrayList<>();
    for (Schema.Field field : written.getFields()) {
      int position = pairs.reader()[field.pos()];
      fields.add(
          position < 0 ? null : resolve(field.schema(), reader.getFields().get(position).schema()));
    }
    Object[] defaults = new Object[reader.getFields().size()];
    for (Schema.Field field : pairs.missing()) {
      if (!field.hasDefaultValue()) {
        return new Resolved(
            in -> {
              throw UnreadableException.incompatible(
                      "the writer's record %s does not have it, and it has no default"
                          .formatted(written.getFullName()))
                  .within(field.name());
            },
            null,
            NONE);
      }
      defaults[field.pos()] = Defaults.of(field);
    }
    boolean isSame = fields.stream().allMatch(field -> field != null && field.fit() == SAME);
    boolean isEvery =
        fields.stream().allMatch(field -> field == null || field.fit().compareTo(EVERY) <= 0);
    return new Resolved(
        RecordReader.of(written, reader, pairs, fields, defaults),
        UnknownFields.ofRecord(written, fields),
        isSame && pairs.missing().isEmpty() ? SAME : isEvery ? EVERY : SOME);
  }
}
