// The card page: the number goes from the provider's own frame to the provider, never to us.
const place = document.getElementById("pay");
const words = place.dataset;
const message = document.getElementById("message");
const button = document.getElementById("pay-button");
const stripe = Stripe(words.key);
const card = stripe.elements().create("card", { hidePostalCode: true });
card.mount("#card-element");

document.getElementById("card-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  message.textContent = "";
  const answer = await stripe.confirmCardPayment(words.secret, { payment_method: { card } });
  if (answer.error) {
    message.textContent = answer.error.message || words.failed;
    message.className = "bad";
    button.disabled = false;
  } else location.assign(words.goal);
});
