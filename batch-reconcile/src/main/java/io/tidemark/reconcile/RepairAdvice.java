package io.tidemark.reconcile;

import io.tidemark.output.Listing;
import io.tidemark.output.NamedCommand;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/** Which dates of which views are to be repaired, and by which command. */
public final class RepairAdvice {
  private RepairAdvice() {}

  /**
   * A line for each view. Its command stands behind it, or, if every view of several has dates,
   * once in a line of its own.
   *
   * @param dates by view, some for each
   * @param views all of the pipeline
   * @param named how many dates of a view are named; the others are counted
   * @param one what is the matter with a date, for example "is dirty"
   * @param several the same with dates, for example "are dirty"
   */
  public static List<String> lines(
      SortedMap<String, ? extends Collection<LocalDate>> dates,
      Collection<String> views,
      int named,
      String one,
      String several) {
    boolean isEveryView = dates.size() > 1 && dates.keySet().containsAll(views);
    List<String> lines = new ArrayList<>();
    dates.forEach(
        (view, ofView) -> {
          boolean isOne = ofView.size() == 1;
          lines.add(
              "%s: %s %s.%s"
                  .formatted(
                      view,
                      Listing.of(ofView, named),
                      isOne ? one : several,
                      isEveryView ? "" : " " + repair(isOne, "reconcile --view " + view)));
        });
    if (isEveryView) {
      lines.add(repair(false, "reconcile"));
    }
    return lines;
  }

  private static String repair(boolean isOne, String command) {
    return "Repair %s: %s".formatted(isOne ? "it" : "them", NamedCommand.of(command));
  }
}
