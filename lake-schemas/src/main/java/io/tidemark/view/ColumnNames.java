package io.tidemark.view;

import static java.util.stream.Collectors.toUnmodifiableSet;
import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedStar;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.StructType;

/**
 * The names by which a SELECT may mean columns. It may not mean a column of the table in question
 * by all of them.
 *
 * @param names in lower case; parts of qualified names too
 * @param all whether it has a {@code *} for columns, which {@code count(*)} is not
 */
record ColumnNames(Set<String> names, boolean all) {
  static ColumnNames of(Syntax syntax) {
    return new ColumnNames(
        syntax
            .tree()
            .expressions(UnresolvedAttribute.class)
            .flatMap(attribute -> asJava(attribute.nameParts()).stream())
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(toUnmodifiableSet()),
        syntax.tree().plans().stream().anyMatch(ColumnNames::hasStar));
  }

  private static boolean hasStar(LogicalPlan plan) {
    return asJava(plan.expressions()).stream().anyMatch(UnresolvedStar.class::isInstance);
  }

  /** The columns that have one of the names, in their order. */
  List<String> of(StructType columns) {
    return Arrays.stream(columns.fieldNames())
        .filter(column -> all || names.contains(column.toLowerCase(Locale.ROOT)))
        .toList();
  }
}
