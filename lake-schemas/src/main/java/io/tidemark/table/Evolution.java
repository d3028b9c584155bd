package io.tidemark.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * How the columns of a table become those of its definition, in place: nothing that is there is
 * written again, and whoever reads finds the old values in the new types.
 *
 * @param changes what is to be done, from the outside in
 * @param refusals what cannot be done
 */
public record Evolution(List<Change> changes, List<Refusal> refusals) {
  /** A step of a path into an array, and into the values of a map. */
  private static final String ELEMENT = "element";

  private static final String VALUE = "value";

  public Evolution {
    changes = List.copyOf(changes);
    refusals = List.copyOf(refusals);
  }

  /** What is done to a column. */
  public enum Kind {
    ADD,
    WIDEN,
    /** It may be null from now on. */
    RELAX
  }

  /**
   * One change.
   *
   * @param path names from the column inwards, {@code element} and {@code value} for what an array
   *     and a map hold
   * @param type that it has afterwards; all of it may be null
   */
  public record Change(Kind kind, List<String> path, DataType type) {
    public String name() {
      return String.join(".", path);
    }

    public String quoted() {
      return path.stream().map(name -> "`" + name + "`").collect(Collectors.joining("."));
    }
  }

  /** What cannot be done to a column, why, and the way out. */
  public record Refusal(List<String> path, String why) {
    public String column() {
      return String.join(".", path);
    }
  }

  /**
   * @param present the table's columns
   */
  public static Evolution of(TableDefinition definition, StructType present) {
    Comparison comparison = new Comparison(definition.format());
    comparison.compare(List.of(), present, Columns.dated(definition));
    return new Evolution(comparison.changes, comparison.refusals);
  }

  /** Whether the table is as its definition says; it may have more. */
  public boolean isNone() {
    return changes.isEmpty() && refusals.isEmpty();
  }

  /**
   * @throws IllegalStateException if the table cannot become what its definition says
   */
  public void require(String table) {
    if (!refusals.isEmpty()) {
      throw new IllegalStateException(
          refusals.stream()
              .map(refusal -> "Cannot use table %s: %s".formatted(table, refusal.why()))
              .collect(Collectors.joining("\n")));
    }
  }

  private static final class Comparison {
    private final TableFormat format;
    private final List<Change> changes = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();

    Comparison(TableFormat format) {
      this.format = format;
    }

    private void compare(List<String> path, DataType present, DataType defined) {
      if (present instanceof StructType from && defined instanceof StructType to) {
        Arrays.stream(to.fields()).forEach(field -> compare(path, from, field));
        relaxOthers(path, from, to);
      } else if (present instanceof ArrayType from && defined instanceof ArrayType to) {
        List<String> element = then(path, ELEMENT);
        relax(element, from.containsNull(), to.containsNull(), to.elementType());
        compare(element, from.elementType(), to.elementType());
      } else if (present instanceof MapType from
          && defined instanceof MapType to
          && isSame(from.keyType(), to.keyType())) {
        List<String> value = then(path, VALUE);
        relax(value, from.valueContainsNull(), to.valueContainsNull(), to.valueType());
        compare(value, from.valueType(), to.valueType());
      } else if (!isSame(present, defined)) {
        if (widens(present, defined)) {
          changes.add(new Change(Kind.WIDEN, path, defined));
        } else {
          refuse(path, present, defined);
        }
      }
    }

    private void compare(List<String> path, StructType present, StructField defined) {
      List<String> name = then(path, defined.name());
      Optional<StructField> there = field(present, defined.name());
      Optional<String> alike =
          Arrays.stream(present.fieldNames())
              .filter(other -> other.equalsIgnoreCase(defined.name()))
              .findAny();
      if (there.isPresent()) {
        relax(name, there.get().nullable(), defined.nullable(), defined.dataType());
        compare(name, there.get().dataType(), defined.dataType());
      } else if (alike.isPresent()) {
        refusals.add(
            new Refusal(
                name,
                "it has the column %s, from which %s differs in case only. Write it as it was, or give it another name"
                    .formatted(dotted(then(path, alike.get())), dotted(name))));
      } else {
        changes.add(new Change(Kind.ADD, name, Columns.optional(defined.dataType())));
      }
    }

    /** What is defined no more is empty in what is written from now on. */
    private void relaxOthers(List<String> path, StructType present, StructType defined) {
      for (StructField other : present.fields()) {
        if (!other.nullable() && field(defined, other.name()).isEmpty()) {
          changes.add(new Change(Kind.RELAX, then(path, other.name()), other.dataType()));
        }
      }
    }

    private void relax(List<String> path, boolean present, boolean defined, DataType type) {
      if (!present && defined) {
        changes.add(new Change(Kind.RELAX, path, type));
      }
    }

    private void refuse(List<String> path, DataType present, DataType defined) {
      String wider =
          widens(defined, present)
              ? "Keep the wider type, which reads what narrower writers send"
              : "Keep its type";
      refusals.add(
          new Refusal(
              path,
              "its column %s is %s, and its definition says %s. %s (in a view: CAST it to %s), or give it another name (in an Avro schema: with the old name as an alias)"
                  .formatted(dotted(path), present.sql(), defined.sql(), wider, present.sql())));
    }

    /** Whether a table of the format can do it without writing its files again. */
    private boolean widens(DataType from, DataType to) {
      boolean inBoth =
          from.equals(IntegerType) && to.equals(LongType)
              || from.equals(FloatType) && to.equals(DoubleType)
              || from instanceof DecimalType narrow
                  && to instanceof DecimalType wide
                  && wide.scale() == narrow.scale()
                  && wide.precision() > narrow.precision();
      return inBoth || format == TableFormat.DELTA && widensInDelta(from, to);
    }

    private static boolean widensInDelta(DataType from, DataType to) {
      if (from.equals(IntegerType) && to.equals(DoubleType)) {
        return true;
      }
      if (!(to instanceof DecimalType wide)) {
        return false;
      }
      int digits = wide.precision() - wide.scale();
      return from instanceof DecimalType narrow
              && wide.scale() >= narrow.scale()
              && digits >= narrow.precision() - narrow.scale()
          || from.equals(IntegerType) && digits >= 10
          || from.equals(LongType) && digits >= 20;
    }
  }

  private static Optional<StructField> field(StructType columns, String name) {
    return Arrays.stream(columns.fields()).filter(field -> field.name().equals(name)).findAny();
  }

  /** Whatever may be null in them. */
  public static boolean isSame(DataType one, DataType other) {
    return one.catalogString().equals(other.catalogString());
  }

  private static List<String> then(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return List.copyOf(longer);
  }

  private static String dotted(List<String> path) {
    return String.join(".", path);
  }
}
