package io.tidemark.local.replay;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Where a replayed record comes from. It is a header of the record, so that the topic itself says
 * what of a file is on it.
 *
 * @param file the first eight bytes of the file's fingerprint
 * @param position of the record in the file
 * @param isMarked whether event ids of this file end in its mark
 */
record Origin(long file, long position, DeliveryKind kind, boolean isMarked) {
  private static final String HEADER = "tidemark-replay";
  private static final int SIZE = 2 * Long.BYTES + 2;

  /** Bytes that it adds to a record, at most. */
  static final int OVERHEAD = HEADER.length() + SIZE + 8;

  static long file(String fingerprint) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(fingerprint)).getLong();
  }

  /** Empty for a record that no replay has sent, or one of an earlier version. */
  static Optional<Origin> of(Headers headers) {
    Header header = headers.lastHeader(HEADER);
    if (header == null || header.value() == null || header.value().length != SIZE) {
      return Optional.empty();
    }
    ByteBuffer value = ByteBuffer.wrap(header.value());
    long file = value.getLong();
    long position = value.getLong();
    int kind = value.get();
    boolean isMarked = value.get() != 0;
    DeliveryKind[] kinds = DeliveryKind.values();
    return kind < 0 || kind >= kinds.length
        ? Optional.empty()
        : Optional.of(new Origin(file, position, kinds[kind], isMarked));
  }

  Header header() {
    ByteBuffer value = ByteBuffer.allocate(SIZE).putLong(file).putLong(position);
    return new RecordHeader(
        HEADER, value.put((byte) kind.ordinal()).put((byte) (isMarked ? 1 : 0)).array());
  }
}
