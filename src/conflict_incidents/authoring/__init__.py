"""Creating and editing records: new records, autofix of files, review pages, new datasets."""
