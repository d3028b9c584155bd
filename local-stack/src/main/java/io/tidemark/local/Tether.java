package io.tidemark.local;

import java.io.IOException;
import java.io.InputStream;

/**
 * Runs another main class until standard input ends, which it does when the process that started
 * this one is gone, however it went.
 */
public final class Tether {
  private Tether() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    Thread watch = new Thread(() -> exitAtEndOf(System.in), "tether");
    watch.setDaemon(true);
    watch.start();
    String[] arguments = java.util.Arrays.copyOfRange(args, 1, args.length);
    Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) arguments);
  }

  private static void exitAtEndOf(InputStream input) {
    try {
      input.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException gone) {
      System.err.println("Lost the process that started this one: " + gone.getMessage());
    }
    System.exit(0);
  }
}
