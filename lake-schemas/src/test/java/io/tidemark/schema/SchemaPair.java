package io.tidemark.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** A writer's type and a reader's that has some likeness to it: of all types, at some depth. */
record SchemaPair(Schema writer, Schema reader) {
  private static final int DEPTH = 3;

  /** Two records with an envelope's worth of fields, as their own JSON says. */
  static SchemaPair of(Choices choices) {
    SchemaPair pair = new Maker(choices).record(0);
    return new SchemaPair(parsed(pair.writer()), parsed(pair.reader()));
  }

  private static Schema parsed(Schema schema) {
    return new Schema.Parser().parse(schema.toString());
  }

  private static final class Maker {
    private final Choices choices;
    private int names;

    Maker(Choices choices) {
      this.choices = choices;
    }

    private String name(String prefix) {
      return prefix + names++;
    }

    private SchemaPair any(int depth) {
      int kind = choices.below(depth < DEPTH ? 14 : 8);
      if (kind < 6) {
        return scalar();
      }
      if (kind < 8) {
        return nullable(scalar());
      }
      return switch (kind) {
        case 8 -> array(depth);
        case 9 -> map(depth);
        case 10 -> record(depth + 1);
        case 11 -> nullable(record(depth + 1));
        default -> union(depth);
      };
    }

    private SchemaPair array(int depth) {
      SchemaPair element = any(depth + 1);
      return new SchemaPair(
          Schema.createArray(element.writer()), Schema.createArray(element.reader()));
    }

    private SchemaPair map(int depth) {
      SchemaPair value = any(depth + 1);
      return new SchemaPair(Schema.createMap(value.writer()), Schema.createMap(value.reader()));
    }

    private SchemaPair nullable(SchemaPair pair) {
      return switch (choices.below(4)) {
        case 0 -> new SchemaPair(orNull(pair.writer()), orNull(pair.reader()));
        case 1 -> new SchemaPair(pair.writer(), orNull(pair.reader()));
        case 2 -> new SchemaPair(orNull(pair.writer()), pair.reader());
        default -> new SchemaPair(Schema.createUnion(pair.writer()), orNull(pair.reader()));
      };
    }

    private static Schema orNull(Schema schema) {
      return Schema.createUnion(Schema.create(Schema.Type.NULL), schema);
    }

    private SchemaPair union(int depth) {
      List<Schema> written = new ArrayList<>();
      List<Schema> read = new ArrayList<>();
      for (int i = choices.below(3) + 2; i > 0; i--) {
        SchemaPair member = member(depth);
        if (!choices.oneIn(5)) {
          add(written, member.writer());
        }
        if (!choices.oneIn(5)) {
          add(read, member.reader());
        }
      }
      if (written.isEmpty() || read.isEmpty()) {
        return scalar();
      }
      if (choices.oneIn(3)) {
        add(written, Schema.create(Schema.Type.NULL));
      }
      if (!choices.oneIn(3)) {
        read.add(0, Schema.create(Schema.Type.NULL));
      }
      Schema writer =
          choices.oneIn(4)
              ? written.get(choices.below(written.size()))
              : Schema.createUnion(written);
      Schema reader = Schema.createUnion(read);
      return ReaderTypes.problems(record(reader)).isEmpty()
          ? new SchemaPair(writer, reader)
          : scalar();
    }

    private Schema record(Schema field) {
      return Schema.createRecord(
          name("R"), null, null, false, List.of(new Schema.Field("f", field)));
    }

    private SchemaPair member(int depth) {
      return switch (choices.below(6)) {
        case 4 -> record(depth + 1);
        case 5 -> choices.oneIn(2) ? array(depth + 1) : map(depth + 1);
        default -> scalar();
      };
    }

    /** A union has one of each type, and one of each name. */
    private static void add(List<Schema> members, Schema member) {
      Set<String> there = new HashSet<>();
      members.forEach(m -> there.add(m.getFullName()));
      if (!member.isUnion() && there.add(member.getFullName())) {
        members.add(member);
      }
    }

    private SchemaPair record(int depth) {
      List<Schema.Field> written = new ArrayList<>();
      List<Schema.Field> read = new ArrayList<>();
      for (int i = choices.below(4) + 1; i > 0; i--) {
        SchemaPair type = any(depth);
        String name = name("f");
        int kind = choices.below(10);
        if (kind != 9) {
          written.add(new Schema.Field(kind == 8 ? "old_" + name : name, type.writer()));
        }
        if (kind == 9) {
          read.add(defaulted(name));
        } else if (kind != 7) {
          Schema.Field field = new Schema.Field(name, type.reader());
          if (kind == 8) {
            field.addAlias("old_" + name);
          }
          read.add(field);
        }
      }
      if (choices.oneIn(8)) {
        written.add(choices.below(written.size() + 1), new Schema.Field(name("tree"), tree()));
      }
      if (read.isEmpty()) {
        read.add(defaulted(name("f")));
      }
      if (choices.oneIn(3)) {
        Collections.shuffle(read, new Random(choices.below(100)));
      }
      String name = name("Rec");
      String readName = choices.oneIn(6) && depth > 0 ? name + "b" : name;
      String space = choices.oneIn(6) && depth > 0 ? "other" : "some";
      Schema writer = Schema.createRecord(name, null, "some", false, written);
      Schema reader = Schema.createRecord(readName, null, space, false, read);
      if (choices.oneIn(2)) {
        reader.addAlias(name, "some");
      }
      return new SchemaPair(writer, reader);
    }

    /** Contains itself, as no reader's type may. */
    private Schema tree() {
      Schema tree = Schema.createRecord(name("Tree"), null, "some", false);
      tree.setFields(
          List.of(
              new Schema.Field("leaf", scalar().writer()),
              new Schema.Field("inner", orNull(tree))));
      return tree;
    }

    private Schema.Field defaulted(String name) {
      return switch (choices.below(10)) {
        case 6 ->
            new Schema.Field(
                name,
                Schema.createEnum(name("Enum"), null, null, List.of("A", "B"), "A"),
                null,
                "B");
        case 7 ->
            new Schema.Field(
                name,
                Schema.createUnion(
                    Schema.create(Schema.Type.STRING), Schema.create(Schema.Type.INT)),
                null,
                "text");
        case 8 ->
            new Schema.Field(name, record(Schema.create(Schema.Type.LONG)), null, Map.of("f", 3L));
        case 9 ->
            new Schema.Field(
                name, LogicalTypes.decimal(5, 2).addToSchema(fixed(3)), null, "\u0000\u0001\u0002");
        case 0 -> new Schema.Field(name, Schema.create(Schema.Type.INT), null, 7);
        case 1 -> new Schema.Field(name, Schema.create(Schema.Type.STRING), null, "ö");
        case 2 ->
            new Schema.Field(
                name,
                orNull(Schema.create(Schema.Type.DOUBLE)),
                null,
                Schema.Field.NULL_DEFAULT_VALUE);
        case 3 ->
            new Schema.Field(
                name,
                LogicalTypes.decimal(5, 2).addToSchema(Schema.create(Schema.Type.BYTES)),
                null,
                "\u0001\u0002");
        case 4 ->
            new Schema.Field(
                name,
                LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)),
                null,
                12L);
        default ->
            new Schema.Field(
                name, Schema.createArray(Schema.create(Schema.Type.LONG)), null, List.of(1L, 2L));
      };
    }

    private SchemaPair scalar() {
      Schema writer = scalar(choices.below(9), 0);
      return switch (choices.below(8)) {
        case 0, 1, 2 -> new SchemaPair(writer, writer);
        case 7 -> new SchemaPair(writer, scalar(choices.below(9), 0));
        default -> new SchemaPair(writer, scalar(group(writer), 1));
      };
    }

    /** The types that an equal value may be found in. */
    private static int group(Schema schema) {
      return switch (Meaning.of(schema)) {
        case BOOLEAN -> 0;
        case TEXT, SYMBOL -> 3;
        case BYTES, UUID_BYTES, DURATION -> 4;
        case INSTANT -> 5;
        case WALL_CLOCK -> 6;
        case TIME_OF_DAY, DATE -> 7;
        case UNKNOWN -> 8;
        default -> schema.getLogicalType() == null ? 1 : 2;
      };
    }

    private Schema scalar(int group, int spread) {
      return switch (group) {
        case 0 -> Schema.create(Schema.Type.BOOLEAN);
        case 1, 2 ->
            group == 2 ^ (spread == 1 && choices.oneIn(2))
                ? decimal()
                : Schema.create(
                    choices.of(
                        Schema.Type.INT, Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE));
        case 3 ->
            switch (choices.below(4)) {
              case 0, 1 -> Schema.create(Schema.Type.STRING);
              case 2 -> LogicalTypes.uuid().addToSchema(Schema.create(Schema.Type.STRING));
              default -> enumeration();
            };
        case 4 ->
            switch (choices.below(6)) {
              case 0, 1 -> Schema.create(Schema.Type.BYTES);
              case 2 -> fixed(choices.of(12, 16, 3));
              case 3 -> LogicalTypes.duration().addToSchema(fixed(12));
              case 4 -> LogicalTypes.uuid().addToSchema(fixed(16));
              default -> LogicalTypes.uuid().addToSchema(Schema.create(Schema.Type.STRING));
            };
        case 5 ->
            choices
                .of(
                    LogicalTypes.timestampMillis(),
                    LogicalTypes.timestampMicros(),
                    LogicalTypes.timestampNanos())
                .addToSchema(Schema.create(Schema.Type.LONG));
        case 6 ->
            choices
                .of(
                    LogicalTypes.localTimestampMillis(),
                    LogicalTypes.localTimestampMicros(),
                    LogicalTypes.localTimestampNanos())
                .addToSchema(Schema.create(Schema.Type.LONG));
        case 7 ->
            switch (choices.below(3)) {
              case 0 -> LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
              case 1 -> LogicalTypes.timeMillis().addToSchema(Schema.create(Schema.Type.INT));
              default -> LogicalTypes.timeMicros().addToSchema(Schema.create(Schema.Type.LONG));
            };
        default -> unknown();
      };
    }

    private Schema unknown() {
      Schema schema =
          Schema.create(
              choices.of(Schema.Type.INT, Schema.Type.LONG, Schema.Type.STRING, Schema.Type.BYTES));
      if (!choices.oneIn(3)) {
        schema.addProp("logicalType", "weight");
      }
      return schema;
    }

    private Schema enumeration() {
      List<String> symbols = new ArrayList<>(List.of("RED", "GREEN", "BLUE", "GREY"));
      symbols.remove(choices.below(4));
      String fallback = choices.oneIn(2) ? symbols.get(0) : null;
      return Schema.createEnum(name("Enum"), null, "some", symbols, fallback);
    }

    private Schema fixed(int size) {
      return Schema.createFixed(name("Fixed"), null, "some", size);
    }

    private Schema decimal() {
      int precision = choices.of(9, 4, 18, 25, 38);
      int scale = Math.min(precision, choices.of(2, 0, 4, 10));
      return switch (choices.below(4)) {
        case 3 -> LogicalTypes.bigDecimal().addToSchema(Schema.create(Schema.Type.BYTES));
        case 2 -> LogicalTypes.decimal(precision, scale).addToSchema(fixed(17));
        default ->
            LogicalTypes.decimal(precision, scale).addToSchema(Schema.create(Schema.Type.BYTES));
      };
    }
  }
}
