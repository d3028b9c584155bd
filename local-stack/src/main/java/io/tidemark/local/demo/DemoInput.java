package io.tidemark.local.demo;

import io.tidemark.local.purchases.PurchaseGenerator;
import io.tidemark.output.WrongUsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The files that a demo replays.
 *
 * @param lines how many of the purchases; empty for all
 */
record DemoInput(Path purchases, Path products, OptionalLong lines) {

  /** Those given, or else generated ones. Products stand in a file beside the purchases. */
  static DemoInput of(DemoSettings settings) throws IOException {
    if (settings.data().isPresent()) {
      Path purchases = settings.data().get();
      require(purchases);
      return new DemoInput(purchases, products(purchases), settings.lines());
    }
    Path folder = new LakeFolder(settings.lake()).input();
    Files.createDirectories(folder);
    DemoInput input =
        new DemoInput(
            folder.resolve("purchases.csv"), folder.resolve("products.csv"), OptionalLong.empty());
    PurchaseGenerator generator = new PurchaseGenerator(settings.seed(), settings.generatedLines());
    generator.writePurchases(input.purchases());
    generator.writeProducts(input.products());
    return input;
  }

  /**
   * @throws WrongUsageException if the file of purchases cannot be read, or that of products
   */
  static void require(Path purchases) {
    if (!Files.isReadable(purchases)) {
      throw new WrongUsageException(
          "Cannot read %s: the file does not exist or is not readable".formatted(purchases));
    }
    if (!Files.isReadable(products(purchases))) {
      throw new WrongUsageException(
          "Cannot use %s: the demo also needs a products.csv in the same folder, with the columns stock_code, description, list_price, is_product"
              .formatted(purchases));
    }
  }

  private static Path products(Path purchases) {
    return purchases.resolveSibling("products.csv");
  }
}
