"""What do people read? One module for each page; everything that leaves here is masked for its reader."""
