package io.tidemark.schema;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.spark.sql.types.DecimalType;

/** Finds the fields of a reader schema that no column can hold as they are. */
public final class ReaderTypes {
  private static final Set<String> LOGICAL_TYPES =
      Set.of(
          "decimal",
          "big-decimal",
          "uuid",
          "duration",
          "date",
          "time-millis",
          "time-micros",
          "timestamp-millis",
          "timestamp-micros",
          "timestamp-nanos",
          "local-timestamp-millis",
          "local-timestamp-micros",
          "local-timestamp-nanos");

  /** What Spark writes into schemas of its own. */
  private static final String SPARK_TYPE = "spark.sql.catalyst.type";

  private static final String SPARK_DECIMAL = "custom-decimal";

  private final List<Problem> problems = new ArrayList<>();
  private final Deque<String> within = new ArrayDeque<>();

  /**
   * @param field its path, for example {@code items[].price}
   * @param message what is wrong with it, and the way out
   */
  public record Problem(String field, String message) {}

  private ReaderTypes() {}

  /** Every problem of a record's fields. */
  public static List<Problem> problems(Schema reader) {
    ReaderTypes types = new ReaderTypes();
    types.checkRecord("", reader);
    return List.copyOf(types.problems);
  }

  private void check(String path, Schema schema) {
    checkLogicalType(path, schema);
    switch (schema.getType()) {
      case NULL -> add(path, "its type is null alone. Give it a type, or leave it out.");
      case ARRAY -> check(path + "[]", schema.getElementType());
      case MAP -> check(path + "{}", schema.getValueType());
      case RECORD -> {
        if (schema.getFields().isEmpty()) {
          add(path, "the record %s has no fields.".formatted(schema.getFullName()));
        }
        checkRecord(path, schema);
      }
      case UNION -> checkUnion(path, new ReaderUnion(schema));
      default -> {}
    }
  }

  private void checkRecord(String path, Schema record) {
    if (within.contains(record.getFullName())) {
      add(
          path,
          "the record %s contains itself, which no column can.".formatted(record.getFullName()));
      return;
    }
    within.push(record.getFullName());
    Set<String> names = new HashSet<>();
    Set<String> aliases = new HashSet<>();
    for (Schema.Field field : record.getFields()) {
      String fieldPath = path.isEmpty() ? field.name() : path + "." + field.name();
      if (!names.add(field.name().toLowerCase(Locale.ROOT))) {
        add(fieldPath, "another field differs from it in upper and lower case only.");
      }
      for (String alias : field.aliases()) {
        if (!aliases.add(alias)) {
          add(fieldPath, "another field has the alias %s, too.".formatted(alias));
        }
      }
      int before = problems.size();
      check(fieldPath, field.schema());
      if (problems.size() == before && field.hasDefaultValue()) {
        checkDefault(fieldPath, field);
      }
    }
    within.pop();
  }

  private void checkDefault(String path, Schema.Field field) {
    try {
      Defaults.of(field);
    } catch (AvroRuntimeException e) {
      add(path, "its default is not a value of its type. %s".formatted(e.getMessage()));
    }
  }

  private void checkUnion(String path, ReaderUnion union) {
    List<Schema> members = union.members();
    if (members.isEmpty()) {
      add(path, "its union has no type but null.");
    } else if (members.size() > 1
        && union.isWidened()
        && members.stream().anyMatch(m -> m.getProp(LogicalType.LOGICAL_TYPE_PROP) != null)) {
      add(
          path,
          "%s become one column, and not all of its numbers would mean the same. Take one of the types."
              .formatted(String.join(" and ", members.stream().map(Unfit::name).toList())));
    } else {
      members.forEach(member -> check(path, member));
    }
  }

  private void checkLogicalType(String path, Schema schema) {
    String name = schema.getProp(LogicalType.LOGICAL_TYPE_PROP);
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal
        && decimal.getPrecision() > DecimalType.MAX_PRECISION()) {
      add(
          path,
          "%s has more digits than the %d of Spark's."
              .formatted(Unfit.name(schema), DecimalType.MAX_PRECISION()));
    }
    if (name != null && LOGICAL_TYPES.contains(name) && schema.getLogicalType() == null) {
      add(
          path,
          "%s is not a logical type of %s, or lacks something."
              .formatted(name, schema.getType().getName()));
    }
    if (schema.getProp(SPARK_TYPE) != null || SPARK_DECIMAL.equals(name)) {
      add(
          path,
          "its type is written for Spark alone. Leave out %s and %s."
              .formatted(SPARK_TYPE, SPARK_DECIMAL));
    }
  }

  private void add(String path, String why) {
    problems.add(new Problem(path, "Cannot keep the field %s: %s".formatted(path, why)));
  }
}
