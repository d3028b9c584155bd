package io.tidemark.landing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** Records of three partitions with gaps between their offsets, a part of them clicks. */
final class RandomRecords {
  static final StructType COLUMNS =
      StructType.fromDDL(
          "key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, timestamp TIMESTAMP");

  private static final Instant NOW = Instant.parse("2011-03-04T05:06:07Z");

  private RandomRecords() {}

  static List<Row> of(SplittableRandom random, int count) {
    String topic = "clicks" + random.nextInt(1_000_000_000);
    long[] offsets = {0, 40, 7};
    boolean hasClicks = random.nextInt(8) > 0;
    List<Row> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int partition = random.nextInt(offsets.length);
      offsets[partition] += random.nextInt(10) == 0 ? random.nextInt(1, 5) : 1;
      byte[] value = hasClicks && random.nextInt(3) > 0 ? click(random) : bytes(random);
      records.add(
          RowFactory.create(
              null, value, topic, partition, offsets[partition], Timestamp.from(NOW)));
    }
    return records;
  }

  private static byte[] click(SplittableRandom random) {
    Instant at = NOW.minusSeconds(random.nextInt(3 * 86_400));
    return Click.encoded(random.nextInt(RegistryDays.GOOD_IDS), "c" + random.nextInt(50), at);
  }

  private static byte[] bytes(SplittableRandom random) {
    byte[] noise = new byte[random.nextInt(30)];
    random.nextBytes(noise);
    return switch (random.nextInt(7)) {
      case 0 -> null;
      case 1 -> noise;
      case 2 -> Arrays.copyOf(click(random), random.nextInt(12));
      // An id that is or is not Avro, one of a few that nobody knows, any id at all.
      case 3 -> withId(random.nextInt(25), noise);
      case 4 -> withId(1_000 + random.nextInt(3), noise);
      case 5 -> random.nextInt(20) == 0 ? withId(random.nextInt(), noise) : withId(7, noise);
      default -> withId(random.nextInt(25), Arrays.copyOfRange(click(random), 5, 12));
    };
  }

  private static byte[] withId(int id, byte[] body) {
    return ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(id).put(body).array();
  }

  static List<PlannedSpan> planned(List<Row> records) {
    Map<Integer, long[]> ends = new TreeMap<>();
    for (Row record : records) {
      long[] end =
          ends.computeIfAbsent(
              record.getInt(3), absent -> new long[] {Long.MAX_VALUE, Long.MIN_VALUE});
      end[0] = Math.min(end[0], record.getLong(4));
      end[1] = Math.max(end[1], record.getLong(4) + 2);
    }
    String topic = records.get(0).getString(2);
    return ends.entrySet().stream()
        .map(
            end ->
                new PlannedSpan(
                    new TopicPartition(topic, end.getKey()), end.getValue()[0], end.getValue()[1]))
        .toList();
  }

  /** Partition and offset of what no registry can make a click of. */
  static Set<String> hopeless(List<Row> records) {
    Set<String> hopeless = new HashSet<>();
    for (Row record : records) {
      byte[] value = record.getAs(1);
      if (value == null || value.length < 7 || value[0] != 0) {
        hopeless.add(record.getInt(3) + "@" + record.getLong(4));
      }
    }
    return hopeless;
  }

  /** Of a click: a length of one byte, and so many more. */
  static String idOf(byte[] value) {
    return new String(value, 6, value[5] >> 1, StandardCharsets.UTF_8);
  }

  static String shown(List<Row> records, int most) {
    StringBuilder text = new StringBuilder();
    records.stream()
        .limit(most)
        .forEach(
            record ->
                text.append(record.getInt(3))
                    .append('@')
                    .append(record.getLong(4))
                    .append(' ')
                    .append(
                        record.isNullAt(1)
                            ? "null"
                            : HexFormat.of().formatHex(record.<byte[]>getAs(1)))
                    .append(System.lineSeparator()));
    return text.toString();
  }
}
