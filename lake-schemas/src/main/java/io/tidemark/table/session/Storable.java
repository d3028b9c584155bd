package io.tidemark.table.session;

import io.tidemark.table.TableProblem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What both formats can keep, and give back as it was. */
final class Storable {
  private static final Set<DataType> TYPES =
      Set.of(
          DataTypes.BooleanType,
          DataTypes.IntegerType,
          DataTypes.LongType,
          DataTypes.FloatType,
          DataTypes.DoubleType,
          DataTypes.BinaryType,
          DataTypes.DateType,
          DataTypes.TimestampType,
          DataTypes.TimestampNTZType,
          DataTypes.StringType);

  private final List<TableProblem> problems = new ArrayList<>();

  private Storable() {}

  static List<TableProblem> problems(StructType columns) {
    Storable storable = new Storable();
    storable.check("", columns);
    return storable.problems;
  }

  private void check(String path, DataType type) {
    if (type instanceof StructType struct) {
      checkNames(path, struct);
      for (StructField field : struct.fields()) {
        check(path.isEmpty() ? field.name() : path + "." + field.name(), field.dataType());
      }
    } else if (type instanceof ArrayType array) {
      check(path + ".element", array.elementType());
    } else if (type instanceof MapType map) {
      check(path + ".key", map.keyType());
      check(path + ".value", map.valueType());
    } else if (!(type instanceof DecimalType) && !TYPES.contains(type)) {
      problems.add(
          new TableProblem(
              path,
              "Cannot keep %s as %s: a table keeps BOOLEAN, INT, BIGINT, FLOAT, DOUBLE, DECIMAL, STRING, BINARY, DATE, TIMESTAMP, TIMESTAMP_NTZ, and arrays, maps and structs of them. CAST it to one of these, or leave it out."
                  .formatted(path, type.sql())));
    }
  }

  private void checkNames(String path, StructType struct) {
    if (struct.length() == 0) {
      problems.add(
          new TableProblem(
              path,
              "Cannot keep %s: it has no fields, and a file of a table must have one. Give it a field, or leave it out."
                  .formatted(path.isEmpty() ? "a table" : path)));
    }
    Set<String> names = new HashSet<>();
    for (String name : struct.fieldNames()) {
      String full = path.isEmpty() ? name : path + "." + name;
      if (!names.add(name.toLowerCase(Locale.ROOT))) {
        problems.add(
            new TableProblem(
                full,
                "Cannot keep %s: another field there differs from it in case only, and SQL could not tell them apart. Give one of them another name."
                    .formatted(full)));
      } else if (name.isEmpty() || name.matches("(?s).*[ ,;{}()\\n\\t=`.].*")) {
        problems.add(
            new TableProblem(
                full,
                "Cannot keep %s: its name has a character that a table's files cannot have. Use letters, digits and underscores."
                    .formatted(full)));
      }
    }
  }
}
