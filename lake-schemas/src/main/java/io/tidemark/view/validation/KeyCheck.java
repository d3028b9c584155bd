package io.tidemark.view.validation;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.view.SqlTree;
import io.tidemark.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.types.StructType;

/** The key is every grouping column, and the columns are such that a table can have them. */
record KeyCheck(ViewDefinition view, SqlTree tree, SqlProblems problems) {
  void check() {
    List<Attribute> columns = asJava(tree.plans().get(0).output());
    checkNames(columns);
    List<Aggregate> aggregates = tree.plans(Aggregate.class).toList();
    if (aggregates.isEmpty()) {
      problems.refuse(
          1,
          "find a GROUP BY",
          "a view's rows are aggregates of a window",
          "group by the window and the key");
      return;
    }
    Map<ExprId, Expression> definitions = definitions();
    Set<String> grouped = new LinkedHashSet<>();
    for (Expression group : asJava(aggregates.get(0).groupingExpressions())) {
      List<String> names = new ArrayList<>();
      for (Attribute column : columns) {
        if (stands(follow(column, definitions), group, definitions)) {
          names.add(column.name());
        }
      }
      checkGroup(group, names, aggregates.get(0));
      names.stream()
          .filter(view.key()::contains)
          .findFirst()
          .or(() -> names.stream().findFirst())
          .ifPresent(grouped::add);
    }
    checkKey(columns, grouped);
  }

  private void checkNames(List<Attribute> columns) {
    Set<String> names = new HashSet<>();
    for (Attribute column : columns) {
      String name = column.name();
      if (!names.add(name)) {
        problems.refuse(
            1,
            "name two columns %s".formatted(name),
            "a table has each name once",
            "give one of them another name with AS");
      } else if (name.equals("date")) {
        problems.refuse(
            1,
            "name a column date",
            "Tidemark adds a column of that name: the date that the window starts on",
            "choose another name with AS");
      } else if (!name.matches("[a-z][a-z0-9_]*")) {
        problems.refuse(
            1,
            "name a column %s".formatted(name),
            "a column name has lower-case letters, digits and underscores, and begins with a letter; a leading underscore is reserved for Tidemark",
            "give it a name with AS");
      }
    }
  }

  private void checkGroup(Expression group, List<String> names, Aggregate aggregate) {
    int line = tree.line(group) > 1 ? tree.line(group) : tree.line(aggregate);
    if (isWindow(group)) {
      if (!names.contains(View.WINDOW_START)) {
        problems.refuse(
            line,
            "find the column window_start",
            "it says which window, and so which date, a row belongs to",
            "select window.start AS window_start");
      }
    } else if (names.isEmpty()) {
      problems.refuse(
          line,
          "group by %s".formatted(group.sql()),
          "it is not a column of the view, so readers could not tell such rows apart",
          "select it, and name it in the key");
    }
  }

  private void checkKey(List<Attribute> columns, Set<String> grouped) {
    Set<String> names = new HashSet<>();
    columns.forEach(column -> names.add(column.name()));
    for (String key : view.key()) {
      if (!names.contains(key)) {
        problems.refuse(
            1,
            "find the key column %s".formatted(key),
            "the view has the columns %s"
                .formatted(String.join(", ", columns.stream().map(Attribute::name).toList())),
            "name columns of the SELECT in the view's key");
      } else if (!grouped.contains(key)) {
        problems.refuse(
            1,
            "take %s as a key column".formatted(key),
            "it is not a grouping column, and a value that changes would leave the old row behind",
            "make the view's key %s".formatted(grouped));
      }
    }
    for (String name : grouped) {
      if (!view.key().contains(name)) {
        problems.refuse(
            1,
            "leave %s out of the key".formatted(name),
            "rows that differ in '%s' would replace each other".formatted(name),
            "make the view's key %s".formatted(grouped));
      }
    }
  }

  /** What an output column stands for, through renames in outer queries. */
  private Map<ExprId, Expression> definitions() {
    Map<ExprId, Expression> definitions = new HashMap<>();
    for (LogicalPlan plan : tree.plans()) {
      List<NamedExpression> named =
          plan instanceof Project project
              ? asJava(project.projectList())
              : plan instanceof Aggregate aggregate
                  ? asJava(aggregate.aggregateExpressions())
                  : List.of();
      for (NamedExpression each : named) {
        if (each instanceof Alias alias) {
          definitions.put(alias.exprId(), alias.child());
        }
      }
    }
    return definitions;
  }

  private static Expression follow(Expression expression, Map<ExprId, Expression> definitions) {
    Expression followed = expression;
    while (followed instanceof Attribute attribute && definitions.containsKey(attribute.exprId())) {
      followed = definitions.get(attribute.exprId());
    }
    return followed;
  }

  private static boolean stands(
      Expression column, Expression group, Map<ExprId, Expression> definitions) {
    if (isWindow(group)) {
      return column instanceof GetStructField field
          && field.ordinal() == 0
          && follow(field.child(), definitions).semanticEquals(follow(group, definitions));
    }
    return column.semanticEquals(follow(group, definitions));
  }

  private static boolean isWindow(Expression group) {
    return group.dataType() instanceof StructType struct
        && struct.length() == 2
        && struct.fieldNames()[0].equals("start")
        && struct.fieldNames()[1].equals("end");
  }
}
