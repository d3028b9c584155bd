import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads classes by name, for Java to archive at exit. Run from its source, so that the archive
 * holds classes of dependencies alone and stays valid when Tidemark is built again.
 */
final class ArchivedClasses {
  private ArchivedClasses() {}

  /**
   * @param arguments a file of one class name a line, and lines of comment that begin with #
   */
  public static void main(String[] arguments) throws IOException {
    ClassLoader dependencies = ClassLoader.getSystemClassLoader();
    Files.readAllLines(Path.of(arguments[0])).parallelStream()
        .filter(line -> !line.startsWith("#"))
        .forEach(name -> load(name, dependencies));
  }

  /** A class that another version of a dependency has not is one less in the archive. */
  private static void load(String name, ClassLoader loader) {
    try {
      Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      System.out.println("Cannot archive " + name + ": " + e);
    }
  }
}
