package io.tidemark.file;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** The bytes with which a file may say how it is encoded. The longer ones stand first. */
enum ByteOrderMark {
  UTF_32LE("fffe0000"),
  UTF_32BE("0000feff"),
  UTF_8("efbbbf"),
  UTF_16LE("fffe"),
  UTF_16BE("feff");

  static final int LONGEST = 4;

  private final byte[] bytes;

  ByteOrderMark(String hex) {
    bytes = HexFormat.of().parseHex(hex);
  }

  static Optional<ByteOrderMark> of(ByteBuffer beginning) {
    return Arrays.stream(values()).filter(mark -> mark.opens(beginning)).findFirst();
  }

  Charset charset() {
    return Charset.forName(name().replace('_', '-'));
  }

  int length() {
    return bytes.length;
  }

  private boolean opens(ByteBuffer beginning) {
    return beginning.remaining() >= bytes.length
        && beginning.slice(0, bytes.length).equals(ByteBuffer.wrap(bytes));
  }
}
