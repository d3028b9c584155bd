# A user stops Spark, as people do at the end of a notebook, and runs a cell further up once more.
spark.stop()
[again] = lake.spark().sql(f"SELECT count(*) FROM {EVENTS}").first()
assert again == in_events, f"{again} events, and {in_events} before Spark was stopped"
assert lake.spark() is lake.spark(), "each call opens another Spark"
print(f"Spark was stopped and opened again: {counted(again, 'event')}.")
