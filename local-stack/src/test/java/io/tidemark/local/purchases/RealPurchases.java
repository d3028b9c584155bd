package io.tidemark.local.purchases;

import java.nio.file.Files;
import java.nio.file.Path;

/** The real file of purchases, which lies beside the project on some machines. */
public final class RealPurchases {
  private static final Path FOLDER = folder();

  public static final Path FILE = FOLDER.resolve("online_retail.csv.gz");

  private RealPurchases() {}

  public static Path truth(String name) {
    return FOLDER.resolve("truth").resolve(name + ".csv.gz");
  }

  /** Beside the project's root, which is one or two folders up from where tests run. */
  private static Path folder() {
    Path root = Path.of("").toAbsolutePath();
    while (root.getParent() != null && !Files.exists(root.resolve("tidemark"))) {
      root = root.getParent();
    }
    return root.resolveSibling("shared").resolve("data").resolve("online_retail");
  }
}
