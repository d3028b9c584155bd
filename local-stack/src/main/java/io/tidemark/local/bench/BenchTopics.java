package io.tidemark.local.bench;

import io.tidemark.local.replay.Share;
import io.tidemark.output.Progress;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;

/**
 * Makes and fills the topics of a measured pipeline.
 *
 * @param pipeline of purchases and products
 */
record BenchTopics(Environment servers, Pipeline pipeline) {

  /**
   * @param events different purchases
   * @param duplicates the share of them that is delivered twice
   * @param partitions of the topic of purchases
   */
  Delivered fill(long events, Share duplicates, int partitions) {
    var products = pipeline.dimensions().get(0);
    try (TopicWriter topic =
        TopicWriter.create(servers, products.topic().orElseThrow(), 1, products.schema())) {
      Products.send(topic);
    }
    var purchases = pipeline.events().get(0);
    try (TopicWriter topic =
            TopicWriter.create(servers, purchases.topic(), partitions, purchases.schema());
        Progress progress = Progress.start("Filling the topic", events, "purchases")) {
      return new Purchases(topic).send(events, duplicates, progress);
    }
  }
}
