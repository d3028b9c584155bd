package io.tidemark.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What one process at a time may do, until it closes this or ends, however it ends. */
final class Turn implements AutoCloseable {
  private final FileChannel channel;

  private Turn(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for whoever has it.
   *
   * @param file that stands for it, and stays
   * @param waiting what is said on stderr before it waits
   */
  static Turn take(Path file, String waiting) throws IOException {
    Files.createDirectories(file.getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        System.err.println(waiting);
        lock = channel.lock();
      }
      return new Turn(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** A closed file is not locked. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
