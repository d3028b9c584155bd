package io.tidemark.local;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Where the build has put this module. */
final class Installation {
  private Installation() {}

  /** The jar or folder that this class was loaded from. */
  static Path ownClasses() {
    try {
      return Path.of(
          Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot tell where Tidemark is installed", e);
    }
  }

  /** The build's output folder: jar, classes, and what was unpacked beside them. */
  static Path folder() {
    return ownClasses().getParent();
  }
}
