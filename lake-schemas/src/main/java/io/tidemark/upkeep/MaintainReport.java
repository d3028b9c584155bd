package io.tidemark.upkeep;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.ops.MaintenanceLog;
import io.tidemark.ops.MaintenanceLog.Action;
import io.tidemark.output.ExitCode;
import io.tidemark.output.TextTable;
import io.tidemark.table.UpkeepTask;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What was done, or what there is to do.
 *
 * @param cutOff the exit code of a run that was stopped, and left the rest to the next one
 */
public record MaintainReport(List<Action> actions, boolean isPlan, OptionalInt cutOff) {
  private static final String PLANNED = "planned";

  public MaintainReport {
    actions = List.copyOf(actions);
  }

  static Action planned(MaintainedTable table, UpkeepTask task) {
    return new Action(
        "",
        table.name(),
        task.kind().label(),
        task.date(),
        PLANNED,
        task.reason(),
        null,
        null,
        Optional.empty(),
        "",
        Instant.EPOCH,
        Instant.EPOCH);
  }

  private long failed() {
    return actions.stream()
        .filter(action -> action.outcome().equals(MaintenanceLog.FAILED))
        .count();
  }

  public int exitCode() {
    return failed() == 0 ? cutOff.orElse(ExitCode.FINE) : ExitCode.FAILED;
  }

  /** For {@code ops.runs}. */
  public String outcome() {
    if (isPlan) {
      return PLANNED;
    }
    if (failed() > 0) {
      return MaintenanceLog.FAILED;
    }
    if (cutOff.isPresent()) {
      return "cut-off";
    }
    return actions.isEmpty() ? "nothing-to-do" : "maintained";
  }

  public String summary() {
    if (isPlan) {
      return actions.isEmpty()
          ? "There is nothing to do."
          : String.format(Locale.ROOT, "%,d actions to take. Nothing was changed.", actions.size());
    }
    if (actions.isEmpty() && cutOff.isEmpty()) {
      return "There was nothing to do.";
    }
    return String.format(
        Locale.ROOT,
        cutOff.isPresent()
            ? "%,d actions taken, %,d failed, before it was stopped. The next run does the rest."
            : "%,d actions taken, %,d failed. Failed actions changed nothing; the next run retries them.",
        actions.size(),
        failed());
  }

  public String text() {
    if (actions.isEmpty()) {
      return summary();
    }
    TextTable table =
        isPlan
            ? new TextTable("table", "date", "action", "reason")
            : new TextTable("table", "date", "action", "before", "after", "reason", "message");
    for (Action action : actions) {
      LocalDate date = action.date().orElse(null);
      if (isPlan) {
        table.row(action.table(), date, action.action(), action.reason());
      } else {
        table.row(
            action.table(),
            date,
            action.action(),
            number(action.before()),
            number(action.after()),
            action.reason(),
            action.message().orElse(null));
      }
    }
    return "%s%n%s".formatted(table, summary());
  }

  private static String number(Long count) {
    return count == null ? null : String.format(Locale.ROOT, "%,d", count);
  }

  public String json() {
    ObjectNode report = new ObjectMapper().createObjectNode();
    report.put("outcome", outcome());
    report.put("exit_code", exitCode());
    report.put("message", summary());
    report.put("dry_run", isPlan);
    report.put("failed", failed());
    ArrayNode list = report.putArray("actions");
    for (Action action : actions) {
      list.addObject()
          .put("table", action.table())
          .put("date", action.date().map(LocalDate::toString).orElse(null))
          .put("action", action.action())
          .put("outcome", action.outcome())
          .put("reason", action.reason())
          .put("before", action.before())
          .put("after", action.after())
          .put("message", action.message().orElse(null));
    }
    return report.toString();
  }
}
