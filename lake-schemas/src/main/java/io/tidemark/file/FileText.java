package io.tidemark.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** The characters of a file, all those before a byte that is not of its encoding among them. */
final class FileText implements Closeable {
  private static final int SIZE = 64 * 1024;

  private final InputStream bytes;
  private final CharsetDecoder decoder;
  private final ByteBuffer undecoded = ByteBuffer.allocate(SIZE);
  private final CharBuffer characters = CharBuffer.allocate(SIZE).limit(0);
  private final String encoding;
  private boolean ended;
  private boolean flushed;
  private FaultyFileException fault;

  private FileText(InputStream bytes, Optional<Charset> told) throws IOException {
    this.bytes = bytes;
    undecoded.put(bytes.readNBytes(ByteOrderMark.LONGEST));
    undecoded.flip();
    refuseArchive();
    Charset charset = charset(told);
    encoding = charset.name();
    decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /**
   * @param told the encoding; without, it is UTF-8, or what a byte order mark says
   * @throws FaultyFileException if its first bytes contradict its name or encoding
   */
  static FileText open(Path file, Optional<Charset> told) throws IOException {
    return of(new BufferedInputStream(Files.newInputStream(file), SIZE), file, told);
  }

  /**
   * The same of a file that somebody else has read.
   *
   * @param file where it was, whose name says whether it is gzipped
   */
  static FileText of(InputStream bytes, Path file, Optional<Charset> told) throws IOException {
    try {
      boolean isZipped = file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".gz");
      // Java's own takes a file that is cut off between two of its members for a whole one.
      return new FileText(isZipped ? unzipped(bytes) : bytes, told);
    } catch (IOException e) {
      bytes.close();
      throw damaged(e);
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  private static InputStream unzipped(InputStream bytes) throws IOException {
    return GzipCompressorInputStream.builder()
        .setInputStream(bytes)
        .setDecompressConcatenated(true)
        .get();
  }

  /**
   * The next character, or -1 at the end.
   *
   * @throws FaultyFileException if bytes follow that are not of the file's encoding
   */
  int read() {
    while (!characters.hasRemaining()) {
      if (fault != null) {
        throw fault;
      }
      if (flushed) {
        return -1;
      }
      decode();
    }
    return characters.get();
  }

  private void decode() {
    characters.clear();
    CoderResult result = decoder.decode(undecoded, characters, ended);
    if (result.isError()) {
      byte[] wrong = new byte[result.length()];
      undecoded.get(wrong);
      fault =
          new FaultyFileException(
              "the line is not %s (it has the bytes %s). Save the file as UTF-8, or name its encoding under replay.encoding in pipeline.yaml, for example windows-1252"
                  .formatted(
                      encoding, HexFormat.ofDelimiter(" ").withUpperCase().formatHex(wrong)));
    } else if (result.isUnderflow() && ended) {
      flushed = decoder.flush(characters).isUnderflow();
    } else if (result.isUnderflow()) {
      fill();
    }
    characters.flip();
  }

  private void fill() {
    undecoded.compact();
    try {
      int count = bytes.read(undecoded.array(), undecoded.position(), undecoded.remaining());
      ended = count < 0;
      undecoded.position(undecoded.position() + Math.max(0, count));
    } catch (IOException e) {
      fault = damaged(e);
    }
    undecoded.flip();
  }

  private static FaultyFileException damaged(IOException e) {
    String reason = e.getMessage() == null ? "it ends too early" : e.getMessage();
    return new FaultyFileException(
        "what follows cannot be read: %s. The file may be cut off or damaged"
            .formatted(reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason));
  }

  private Charset charset(Optional<Charset> told) {
    Optional<ByteOrderMark> mark = ByteOrderMark.of(undecoded);
    if (mark.isEmpty()) {
      return told.orElse(UTF_8);
    }
    Charset marked = mark.get().charset();
    if (told.isPresent() && !marked.name().startsWith(told.get().name())) {
      throw new FaultyFileException(
          "it begins with the byte order mark of %s, and replay.encoding in pipeline.yaml says %s. Correct one of the two"
              .formatted(marked.name(), told.get().name()));
    }
    undecoded.position(mark.get().length());
    return marked;
  }

  private void refuseArchive() {
    int first = undecoded.limit() < 2 ? 0 : undecoded.getShort(0) & 0xffff;
    if (first == 0x1f8b) {
      throw new FaultyFileException("it is gzipped, and its name does not say so: end it in .gz");
    }
    if (first == 0x504b && undecoded.limit() > 2 && undecoded.get(2) == 3) {
      throw new FaultyFileException(
          "it is a ZIP archive, as a workbook is. Save it as CSV, encoded in UTF-8");
    }
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
