package io.tidemark.view.validation;

import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.view.Syntax;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;

/** A view reads one events table, once, and dimensions of its pipeline. */
record SourceCheck(Syntax syntax, Pipeline pipeline, SqlProblems problems) {
  void check() {
    Set<String> events =
        pipeline.events().stream().map(EventSource::name).collect(Collectors.toSet());
    Set<String> dimensions =
        pipeline.dimensions().stream().map(DimensionSource::name).collect(Collectors.toSet());
    boolean hasEvents = false;
    for (UnresolvedRelation relation : syntax.relations()) {
      String name = relation.tableName();
      if (events.contains(name)) {
        if (hasEvents) {
          refuse(
              relation,
              "read events twice",
              "a stream joined to itself keeps every event for ever",
              "read them once, and use sum(IF(…)) for what differs");
        }
        hasEvents = true;
      } else if (!dimensions.contains(name)) {
        refuse(
            relation,
            "read the table %s".formatted(name),
            "the pipeline has the events %s and the dimensions %s"
                .formatted(sorted(events), sorted(dimensions)),
            "use one of these names, or describe the table in pipeline.yaml");
      }
    }
    if (!hasEvents) {
      problems.refuse(
          1,
          "find events",
          "the view reads none of %s".formatted(sorted(events)),
          "name the events table under FROM");
    }
    for (LogicalPlan part : syntax.tree().plans()) {
      if (part.children().isEmpty() && !(part instanceof UnresolvedRelation)) {
        refuse(
            part,
            "read these rows",
            "they are neither events nor a dimension",
            "describe them as a dimension in pipeline.yaml, for example from a file");
      }
    }
  }

  private static String sorted(Set<String> names) {
    return String.join(", ", names.stream().sorted().toList());
  }

  private void refuse(LogicalPlan part, String what, String why, String remedy) {
    problems.refuse(syntax.tree().line(part), what, why, remedy);
  }
}
