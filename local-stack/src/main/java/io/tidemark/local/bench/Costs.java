package io.tidemark.local.bench;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What batches cost.
 *
 * @param landingSeconds what half of the landing batches took at most
 * @param refreshSeconds the same of the refreshes that ended meanwhile, null if there was none
 * @param cpuSeconds of the stream's process for a batch of any kind, all threads
 */
record Costs(Double landingSeconds, Double refreshSeconds, double cpuSeconds) {

  /**
   * Of the last landing batches up to one, and of what ended between them.
   *
   * @param mark the number of that batch, from 1
   * @param window how many
   * @param landing the query that lands
   */
  static Costs before(int mark, int window, QueryNotes notes, String landing) {
    List<QueryNotes.Batch> all = notes.batches();
    int[] landings =
        IntStream.range(0, all.size()).filter(i -> all.get(i).query().equals(landing)).toArray();
    int first = landings[Math.max(0, mark - window - 1)];
    int last = landings[mark - 1];
    List<QueryNotes.Batch> counted = all.subList(Math.min(first + 1, last), last + 1);
    Duration cpu = all.get(last).cpu().minus(all.get(first).cpu());
    return new Costs(
        median(counted.stream().filter(batch -> batch.query().equals(landing)).toList()),
        median(counted.stream().filter(batch -> !batch.query().equals(landing)).toList()),
        cpu.toMillis() / 1000.0 / counted.size());
  }

  private static Double median(List<QueryNotes.Batch> batches) {
    return Waits.of(batches.stream().map(QueryNotes.Batch::took).toList()).seconds(50);
  }
}
