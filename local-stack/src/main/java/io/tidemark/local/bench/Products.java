package io.tidemark.local.bench;

import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** The dimension: which of forty categories each product is in. */
final class Products {
  static final int COUNT = 5_000;
  private static final int CATEGORIES = 40;

  private Products() {}

  static void send(TopicWriter topic) {
    for (int i = 0; i < COUNT; i++) {
      GenericRecord product = new GenericData.Record(topic.schema());
      product.put("product_id", "p" + i);
      product.put("category", "c" + i % CATEGORIES);
      topic.send("p" + i, topic.encode(product));
    }
  }
}
