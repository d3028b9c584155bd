package io.tidemark.schema;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Reads Avro's binary encoding from the bytes of a record. A length is believed only if the bytes
 * are there, so that a record takes no more memory than a multiple of its own size.
 */
final class AvroBytes {
  /** A longer text or more elements than this are a corrupt length, and not a cut off record. */
  private static final long PLAUSIBLE = 64L << 20;

  /** Elements that take no bytes, such as nulls, are bounded by nothing else. */
  private static final int FREE_ITEMS = 1_000_000;

  private static final int DEPTH = 500;

  private final byte[] bytes;
  private int position;
  private int freeItems = FREE_ITEMS;
  private int depth;
  private long entered;

  AvroBytes(byte[] bytes, int from) {
    this.bytes = bytes;
    this.position = from;
  }

  boolean isAtEnd() {
    return position == bytes.length;
  }

  int position() {
    return position;
  }

  void back(int earlier) {
    position = earlier;
  }

  boolean readBoolean() throws UnreadableException {
    byte value = next();
    if (value != 0 && value != 1) {
      throw UnreadableException.malformed("the byte %d is not a boolean".formatted(value));
    }
    return value == 1;
  }

  int readInt() throws UnreadableException {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int part = next();
      if (shift == 28 && (part & 0xf0) != 0) {
        break;
      }
      value |= (part & 0x7f) << shift;
      if (part >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw UnreadableException.malformed("the number is longer than an int");
  }

  long readLong() throws UnreadableException {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int part = next();
      if (shift == 63 && (part & 0xfe) != 0) {
        break;
      }
      value |= (part & 0x7fL) << shift;
      if (part >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw UnreadableException.malformed("the number is longer than a long");
  }

  float readFloat() throws UnreadableException {
    return Float.intBitsToFloat((int) littleEndian(Float.BYTES));
  }

  double readDouble() throws UnreadableException {
    return Double.longBitsToDouble(littleEndian(Double.BYTES));
  }

  private long littleEndian(int size) throws UnreadableException {
    int start = take(size);
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | bytes[start + i] & 0xff;
    }
    return value;
  }

  byte[] readBytes() throws UnreadableException {
    return readFixed(readLength());
  }

  byte[] readFixed(int size) throws UnreadableException {
    int start = take(size);
    return Arrays.copyOfRange(bytes, start, start + size);
  }

  /**
   * The text as it was sent, which must be UTF-8: Parquet's readers would each mend it their way.
   */
  UTF8String readText() throws UnreadableException {
    byte[] text = readBytes();
    if (!isUtf8(text)) {
      throw UnreadableException.malformed("the text is not UTF-8");
    }
    return UTF8String.fromBytes(text);
  }

  static boolean isUtf8(byte[] text) {
    for (byte part : text) {
      if (part < 0) {
        return decodes(text);
      }
    }
    return true;
  }

  private static boolean decodes(byte[] text) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /**
   * The value of at most eight bytes of a two's complement number, which begins here; they are
   * taken.
   */
  long readUnscaled(int size) throws UnreadableException {
    int start = take(size);
    long value = bytes[start];
    for (int i = 1; i < size; i++) {
      value = value << 8 | bytes[start + i] & 0xff;
    }
    return value;
  }

  /** The length of bytes or of a text, all of which are there. */
  int readLength() throws UnreadableException {
    long length = readLong();
    if (length < 0 || length > PLAUSIBLE) {
      throw UnreadableException.malformed("a length of %d bytes cannot be".formatted(length));
    }
    if (length > bytes.length - position) {
      throw truncated();
    }
    return (int) length;
  }

  /**
   * How many elements the next block of an array or a map has; 0 after the last one.
   *
   * @param size the bytes that an element takes, at least
   */
  int readItems(int size) throws UnreadableException {
    long items = readLong();
    if (items < 0) {
      items = -items;
      readLong(); // The bytes of the block, for who skips it.
    }
    if (items < 0 || items > PLAUSIBLE) {
      throw UnreadableException.malformed("a block of %d elements cannot be".formatted(items));
    }
    if (size == 0) {
      freeItems -= (int) items;
      if (freeItems < 0) {
        throw UnreadableException.malformed(
            "more than %d elements take no bytes".formatted(FREE_ITEMS));
      }
    } else if (items * size > bytes.length - position) {
      throw truncated();
    }
    return (int) items;
  }

  /** Which of so many union members or enum symbols comes next. */
  int readIndex(int of) throws UnreadableException {
    int index = readInt();
    if (index < 0 || index >= of) {
      throw UnreadableException.malformed("there are %d choices, and %d".formatted(of, index));
    }
    return index;
  }

  void skip(int size) throws UnreadableException {
    take(size);
  }

  /**
   * Only a writer's schema can nest without end, or have records without end that take no bytes.
   */
  void enter() throws UnreadableException {
    if (++depth > DEPTH) {
      throw UnreadableException.malformed("values nest deeper than %d".formatted(DEPTH));
    }
    if (++entered > FREE_ITEMS + (long) DEPTH * bytes.length) {
      throw UnreadableException.malformed(
          "more than %d records take no bytes".formatted(FREE_ITEMS));
    }
  }

  void leave() {
    depth--;
  }

  private byte next() throws UnreadableException {
    if (position == bytes.length) {
      throw truncated();
    }
    return bytes[position++];
  }

  private int take(int size) throws UnreadableException {
    if (size > bytes.length - position) {
      throw truncated();
    }
    int start = position;
    position += size;
    return start;
  }

  private static UnreadableException truncated() {
    return new UnreadableException(Rejection.TRUNCATED, "the body ends before the value does");
  }
}
