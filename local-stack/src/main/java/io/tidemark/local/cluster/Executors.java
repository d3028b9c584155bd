package io.tidemark.local.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Tells executors among the processes of this machine, by what a worker has started them with. */
public final class Executors {
  private Executors() {}

  /** Those of an application. */
  public static Stream<ProcessHandle> of(String application, Stream<ProcessHandle> processes) {
    return processes.filter(process -> has(process, "--app-id", application));
  }

  /** That one of an application, if it is among them. */
  static Stream<ProcessHandle> of(String application, String id, Stream<ProcessHandle> processes) {
    return of(application, processes).filter(process -> has(process, "--executor-id", id));
  }

  private static boolean has(ProcessHandle process, String option, String value) {
    List<String> words = process.info().arguments().map(Arrays::asList).orElse(List.of());
    int place = words.indexOf(option);
    return place >= 0 && place + 1 < words.size() && words.get(place + 1).equals(value);
  }
}
