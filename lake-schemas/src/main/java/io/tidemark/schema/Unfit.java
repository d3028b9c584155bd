package io.tidemark.schema;

import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** What is said of a value that the reader's type cannot hold. */
final class Unfit {
  private static final int SHOWN = 100;

  private Unfit() {}

  static UnreadableException value(Schema written, Schema reader, AvroBytes in)
      throws UnreadableException {
    String type = name(reader);
    String value = shown(written, in);
    return UnreadableException.incompatible(
        name(written).equals(type)
            ? "a column of %s cannot hold the value %s".formatted(type, value)
            : "%s cannot hold the value %s of the writer's %s exactly"
                .formatted(type, value, name(written)));
  }

  static UnreadableException type(Schema written, Schema reader, AvroBytes in, String hint)
      throws UnreadableException {
    return UnreadableException.incompatible(
        "the writer's %s, here %s, is not read as %s%s"
            .formatted(name(written), shown(written, in), name(reader), hint));
  }

  /**
   * Where one side has a logical type that the other lacks on the same type, or has one that says
   * nothing.
   */
  static String hint(Schema written, Schema reader) {
    String ignored = written.getProp(LogicalType.LOGICAL_TYPE_PROP);
    if (ignored != null && written.getLogicalType() == null) {
      return ". The writer's logical type %s is not known here, or its schema lacks what it needs"
          .formatted(ignored);
    }
    boolean isDeclared = written.getLogicalType() != null;
    boolean isAsked = reader.getLogicalType() != null;
    return isDeclared == isAsked || written.getType() != reader.getType()
        ? ""
        : ". Declare the logical type in %s schema"
            .formatted(isDeclared ? "the reader's" : "the writer's");
  }

  private static String shown(Schema written, AvroBytes in) throws UnreadableException {
    String text = WrittenValue.json(written, in).toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }

  /** A type as it is called in messages, for example {@code decimal(9, 2)}. */
  static String name(Schema schema) {
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      return "decimal(%d, %d)".formatted(decimal.getPrecision(), decimal.getScale());
    }
    String logical = schema.getProp("logicalType");
    String type =
        switch (schema.getType()) {
          case RECORD, ENUM -> schema.getType().getName() + " " + schema.getFullName();
          case FIXED -> "fixed(%d)".formatted(schema.getFixedSize());
          case UNION -> schema.getTypes().stream().map(Unfit::name).toList().toString();
          default -> schema.getType().getName();
        };
    return logical == null
        ? type
        : Meaning.of(schema) == Meaning.UNKNOWN ? type + " " + logical : logical;
  }
}
