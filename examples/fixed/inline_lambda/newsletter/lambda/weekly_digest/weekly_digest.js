exports.handler = async (event) => {
  const week = new Date(event.time);
  console.log(`Digest of the week before ${week.toDateString()}`);
};
