package io.tidemark.view.validation;

import io.tidemark.output.Listing;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Nearest;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.view.Syntax;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    boolean hasUnknown = false;
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
        hasUnknown = true;
        problems.add(
            syntax.tree().line(relation),
            "Unknown table '%s'.%s The pipeline has %s and %s."
                .formatted(
                    name,
                    Nearest.hint(name, union(events, dimensions)),
                    counted("events table", events),
                    counted("dimension", dimensions)));
      }
    }
    // The unknown one may be meant to be the events.
    if (!hasEvents && !hasUnknown) {
      problems.refuse(
          1,
          "find the events",
          "the view reads no events table, and the pipeline has %s"
              .formatted(counted("events table", events)),
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

  /** For example "the dimensions products and sites", or "no dimensions". */
  private static String counted(String noun, Set<String> names) {
    if (names.isEmpty()) {
      return "no " + noun + "s";
    }
    return "the %s%s %s"
        .formatted(
            noun,
            names.size() == 1 ? "" : "s",
            Listing.of(names.stream().sorted().toList(), names.size()));
  }

  private static Set<String> union(Set<String> some, Set<String> more) {
    return Stream.concat(some.stream(), more.stream()).collect(Collectors.toSet());
  }

  private void refuse(LogicalPlan part, String what, String why, String remedy) {
    problems.refuse(syntax.tree().line(part), what, why, remedy);
  }
}
